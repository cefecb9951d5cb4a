import { randomInt } from 'node:crypto';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';

export const profiles = ['redis-postgres', 'mongodb', 'postgres', 'mysql-redis'] as const;

/** The arguments make no sense; `message` says which and what would. */
export class UsageError extends Error {}

export interface Arguments {
  profile: string;
  seconds: number;
  seed: number;
  rooms: number;
  receivers: number;
  rate: number;
  /** Rounds of a rolling restart. */
  times: number;
  /** A folder for the record and the logs of the replicas. */
  keep?: string;
}

const number = (name: string, text: string, low: number, high: number): number => {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < low || value > high)
    throw new UsageError(`--${name} is a number from ${low} to ${high}, not "${text}"`);
  return value;
};

const whole = (name: string, text: string, low: number, high: number): number => {
  const value = number(name, text, low, high);
  if (!Number.isInteger(value)) throw new UsageError(`--${name} is a whole number, not "${text}"`);
  return value;
};

export type Defaults = Pick<Arguments, 'rooms' | 'receivers' | 'rate'>;

function parsed(args: readonly string[], defaults: Defaults) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        profile: { type: 'string', default: profiles[0] },
        minutes: { type: 'string' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: String(randomInt(1_000_000)) },
        rooms: { type: 'string', default: String(defaults.rooms) },
        receivers: { type: 'string', default: String(defaults.receivers) },
        rate: { type: 'string', default: String(defaults.rate) },
        times: { type: 'string', default: '3' },
        keep: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError */
export function readArguments(args: readonly string[], defaults: Defaults): Arguments {
  const { profile, minutes, seconds, keep, ...given } = parsed(args, defaults);
  if (!(profiles as readonly string[]).includes(profile))
    throw new UsageError(`--profile is one of ${profiles.join(', ')}, not "${profile}"`);
  if (keep !== undefined && existsSync(keep))
    throw new UsageError(`--keep names a folder to be made; ${keep} is there already`);
  return {
    profile,
    seconds:
      minutes === undefined
        ? number('seconds', seconds, 5, 86_400)
        : number('minutes', minutes, 0.1, 1440) * 60,
    seed: whole('seed', given.seed, 0, 0xffffffff),
    rooms: whole('rooms', given.rooms, 1, 100),
    receivers: whole('receivers', given.receivers, 1, 1000),
    rate: number('rate', given.rate, 0.1, 1000),
    times: whole('times', given.times, 1, 100),
    ...(keep !== undefined && { keep }),
  };
}
