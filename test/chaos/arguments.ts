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

function parsed(args: readonly string[], defaults: { seconds: number; rate: number }) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        profile: { type: 'string', default: profiles[0] },
        minutes: { type: 'string' },
        seconds: { type: 'string', default: String(defaults.seconds) },
        seed: { type: 'string', default: String(randomInt(1_000_000)) },
        rooms: { type: 'string', default: '4' },
        receivers: { type: 'string', default: '8' },
        rate: { type: 'string', default: String(defaults.rate) },
        keep: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** @throws UsageError */
export function readArguments(
  args: readonly string[],
  defaults: { seconds: number; rate: number },
): Arguments {
  const { profile, minutes, seconds, seed, rooms, receivers, rate, keep } = parsed(args, defaults);
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
    seed: whole('seed', seed, 0, 0xffffffff),
    rooms: whole('rooms', rooms, 1, 100),
    receivers: whole('receivers', receivers, 1, 1000),
    rate: number('rate', rate, 0.1, 1000),
    ...(keep !== undefined && { keep }),
  };
}
