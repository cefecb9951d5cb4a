import { schemeOf, withoutPassword } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { factoryOf } from '../../platform/state/stores.js';
import { CliError, exit } from '../run.js';

/** The options as they were given. */
export interface CopyArguments {
  from: string;
  to: string;
  sessionsFrom?: string;
  sessionsTo?: string;
  /** False with `--no-sessions`. */
  sessions: boolean;
  follow?: boolean;
  verify?: boolean;
  mirror?: boolean;
  json?: boolean;
}

export interface CopyRequest {
  history: { from: string; to: string };
  /** Absent where they are not asked for, or one of the two stores does not serve them. */
  sessions?: { from: string; to: string };
  follow: boolean;
  verify: boolean;
  mirror: boolean;
}

/** @throws CliError (64) naming the option that makes no sense, and what does */
export function requestOf(given: CopyArguments): CopyRequest {
  checkStore('history', '--from', given.from);
  checkStore('history', '--to', given.to);
  apart('--from', '--to', given.from, given.to);
  const sessions = sessionsOf(given);
  return {
    history: { from: given.from, to: given.to },
    ...(sessions && { sessions }),
    follow: given.follow ?? false,
    verify: given.verify ?? false,
    mirror: given.mirror ?? false,
  };
}

/** Those named; else those of the two stores, where both serve them. */
function sessionsOf(given: CopyArguments): CopyRequest['sessions'] {
  if (!given.sessions) return undefined;
  const from = given.sessionsFrom ?? given.from;
  const to = given.sessionsTo ?? given.to;
  const named = given.sessionsFrom !== undefined || given.sessionsTo !== undefined;
  if (!named && !(factoryOf('session', from) && factoryOf('session', to))) return undefined;
  checkStore('session', '--sessions-from', from);
  checkStore('session', '--sessions-to', to);
  apart('--sessions-from', '--sessions-to', from, to);
  return { from, to };
}

/** @throws CliError (64) where no store of this URL can be worked on from a process of its own */
export function checkStore(port: 'history' | 'session', option: string, url: string): void {
  const serving = adapters.filter((adapter) => adapter[port] && adapter.name !== 'memory');
  if (serving.some(({ schemes }) => schemes.includes(schemeOf(url)))) return;
  const what =
    schemeOf(url) === 'memory'
      ? 'memory: is this command’s own memory, which is empty'
      : `no adapter keeps ${port === 'history' ? 'history' : 'sessions'} on "${withoutPassword(url)}"`;
  const accepted = serving.flatMap(({ schemes }) => schemes).map((scheme) => `${scheme}:`);
  throw new CliError(
    `${option}: ${what}; accepted are ${accepted.join(', ')}, e.g. ${serving[0]?.example}`,
    exit.usage,
  );
}

function apart(one: string, other: string, from: string, to: string): void {
  if (from === to)
    throw new CliError(`${one} and ${other} name the same store; name two`, exit.usage);
}
