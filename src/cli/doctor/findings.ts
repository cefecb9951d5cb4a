import type { Durability, Finding, Inspection } from '#libs/state';
import type { StoreVariable } from '../../platform/state/stores.js';

/** Beyond this, deadlines set by one machine are judged noticeably wrong by another. */
const skewMs = 1000;

/**
 * What does not depend on the kind of store, judged here once instead of in every adapter. An
 * adapter that found the setting by which data are lost has said more than could be said here.
 */
export function generalFindings(
  variable: StoreVariable,
  durability: Durability,
  { clockSkewMs = 0, pendingMigrations, findings }: Inspection,
): Finding[] {
  const known = findings.some(({ level }) => level === 'problem');
  return [
    ...(known ? [] : lost(variable, durability)),
    ...(Math.abs(clockSkewMs) > skewMs ? [skewed(clockSkewMs)] : []),
    ...(pendingMigrations > 0 ? [pending(pendingMigrations)] : []),
  ];
}

function lost(variable: StoreVariable, durability: Durability): Finding[] {
  if (durability !== 'none' || variable === 'EVENT_BUS') return [];
  if (variable === 'SESSION_STORE')
    return [
      {
        level: 'note',
        what: 'sessions and refresh tokens are lost with the process: everyone signs in again after a restart',
        advice: 'set SESSION_STORE to a store that keeps them, where that matters',
      },
    ];
  const what = variable === 'HISTORY_STORE' ? 'acknowledged messages' : 'accounts and courses';
  return [
    {
      level: 'problem',
      what: `${what} are lost with the process`,
      advice: `set ${variable} to a durable store, e.g. sqlite:./data/maxiaoke.db`,
    },
  ];
}

const skewed = (ms: number): Finding => ({
  level: 'warning',
  what: `the store's clock is ${(Math.abs(ms) / 1000).toFixed(1)} s ${ms > 0 ? 'ahead of' : 'behind'} this machine's`,
  advice: 'let NTP set the clocks of both machines; replicas judge deadlines by their own',
});

const pending = (count: number): Finding => ({
  level: 'warning',
  what: `${count} ${count === 1 ? 'migration is' : 'migrations are'} pending`,
  advice: 'make a backup, then start a server of this version: the first one to start runs them',
});
