import { setTimeout as sleep } from 'node:timers/promises';
import { type Clock, silentLogger } from '#libs/kernel';
import {
  type Access,
  CopyConflict,
  HistoryCopy,
  historyDifference,
  type HistoryStore,
  SessionCopy,
  sessionDifference,
  type SessionStore,
  StoreUnavailable,
  type Verified,
  withoutPassword,
} from '#libs/state';
import { termsOfStored } from '../../chat/index.js';
import { factoryOf, type Stores } from '../../platform/state/stores.js';
import type { Progress } from '../progress.js';
import type { CopyRequest } from './request.js';

/** Between two looks at the source's heads; what a message waits on its way into the copy. */
const keepUpMs = 500;
/** Between two passes over everything: members, markers, sessions, what was deleted. */
const passMs = 10_000;
/** Passes take no more than this share of the source's time. */
const passShare = 5;
const retryMs = 2000;

export interface CopyReport {
  from: string;
  to: string;
  rooms: number;
  /** Copied by this run. */
  events: number;
  removed: number;
  /** Sessions, last-seen times and refresh tokens; absent where none were copied. */
  sessions?: number;
  seconds: number;
  verified?: Verified & { difference: string | null };
}

export interface CopyContext {
  clock: Clock;
  progress: Progress;
  /** Ends a copy that follows, after one more pass. */
  stop: AbortSignal;
}

interface Opened {
  from: HistoryStore;
  to: HistoryStore;
  sessions?: { from: SessionStore; to: SessionStore };
}

/**
 * `state copy`: a pass over everything, then as long as it is asked to follow, then a comparison.
 * @throws CopyConflict, StoreUnavailable, StoreMisconfigured
 */
export async function copyState(request: CopyRequest, context: CopyContext): Promise<CopyReport> {
  const opened: (HistoryStore | SessionStore)[] = [];
  const open = async <P extends 'history' | 'session'>(
    port: P,
    variable: string,
    url: string,
    access: Access,
  ): Promise<Stores[P]> => {
    const make = factoryOf(port, url);
    if (!make) throw new Error(`no adapter serves ${port} on ${withoutPassword(url)}`);
    const store = make({ url, variable, clock: context.clock, logger: silentLogger, access });
    opened.push(store);
    await store.open();
    return store;
  };
  try {
    const { history, sessions } = request;
    const stores: Opened = {
      from: await open('history', '--from', history.from, 'read'),
      to: await open('history', '--to', history.to, 'exclusive'),
      ...(sessions && {
        sessions: {
          from: await open('session', '--sessions-from', sessions.from, 'read'),
          to: await open('session', '--sessions-to', sessions.to, 'exclusive'),
        },
      }),
    };
    return await new StateCopy(request, context, stores).run();
  } finally {
    for (const store of opened) await store.close();
  }
}

class StateCopy {
  private readonly history: HistoryCopy;
  private readonly sessions: SessionCopy | undefined;
  private readonly progress: Progress;
  private what = 'copying';

  constructor(
    private readonly request: CopyRequest,
    private readonly context: CopyContext,
    private readonly stores: Opened,
  ) {
    const { from, to, sessions } = stores;
    this.progress = context.progress;
    this.history = new HistoryCopy({
      from,
      to,
      termsOf: termsOfStored,
      mirror: request.mirror,
      onProgress: ({ rooms, events, removed }) => {
        const gone = removed > 0 ? `, ${removed} removed` : '';
        this.progress.show(`${this.what}: ${rooms} rooms, ${events} events${gone}`);
      },
    });
    this.sessions = sessions && new SessionCopy(sessions.from, sessions.to, context.clock);
  }

  async run(): Promise<CopyReport> {
    const started = performance.now();
    if (this.request.follow) await this.follow();
    else await this.pass();
    const verified = this.request.verify ? { verified: await this.verify() } : {};
    const { rooms, events, removed } = this.history.progress;
    return {
      from: withoutPassword(this.request.history.from),
      to: withoutPassword(this.request.history.to),
      rooms,
      events,
      removed,
      ...(this.sessions && { sessions: this.sessions.items }),
      seconds: Math.round((performance.now() - started) / 100) / 10,
      ...verified,
    };
  }

  private async pass(): Promise<void> {
    await this.history.pass();
    await this.sessions?.pass();
  }

  /** A store that does not answer for a while is waited for: the source's servers go on meanwhile. */
  private async follow(): Promise<void> {
    const { stop } = this.context;
    let nextPass = 0;
    let current = false;
    while (!stop.aborted) {
      try {
        if (performance.now() >= nextPass) {
          const started = performance.now();
          await this.pass();
          const took = performance.now() - started;
          nextPass = performance.now() + Math.max(passMs, took * passShare);
        } else await this.history.keepUp();
        if (!current) this.progress.say('up to date; following until SIGINT or SIGTERM');
        current = true;
        this.what = 'following';
        await pause(keepUpMs, stop);
      } catch (error) {
        if (!(error instanceof StoreUnavailable)) throw error;
        this.progress.say(`${error.message}; trying again`);
        current = false;
        await pause(retryMs, stop);
      }
    }
    this.what = 'last pass';
    this.progress.say('stopping after one more pass; a second signal stops at once');
    await this.pass();
  }

  private async verify(): Promise<NonNullable<CopyReport['verified']>> {
    this.progress.say('comparing');
    const history = await historyDifference({
      from: this.stores.from,
      to: this.stores.to,
      again: (id) => this.history.again(id).catch(unlessConflict),
    });
    if (history.difference !== null || !this.stores.sessions) return history;
    const { from, to } = this.stores.sessions;
    let difference = await sessionDifference(from, to);
    if (difference !== null) {
      await this.sessions?.pass();
      difference = await sessionDifference(from, to);
    }
    return { ...history, difference };
  }
}

/** What a copy cannot mend, the comparison names. */
function unlessConflict(error: unknown): null {
  if (!(error instanceof CopyConflict)) throw error;
  return null;
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
