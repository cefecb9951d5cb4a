import { join } from 'node:path';
import { newId, silentLogger, SystemClock } from '#libs/kernel';
import type { HistoryStore, NewEvent, RoomKind, SessionStore } from '#libs/state';
import { termsOfStored } from '../../src/chat/index.js';
import { Progress } from '../../src/cli/progress.js';
import { copyState } from '../../src/cli/state-copy/state-copy.js';
import { factoryOf } from '../../src/platform/state/stores.js';
import { removeDir, tempDir } from '../support/run.js';
import { servers } from '../support/servers/index.js';
import { everything } from './everything.js';

const clock = new SystemClock();
const folder = tempDir();
const sqliteUrl = (name: string) => Promise.resolve(`sqlite:${join(folder, `${name}.db`)}`);
const never = new AbortController().signal;

/** The way round: every store is once the source and once the target. */
const way: readonly [string, () => Promise<string>][] = [
  ['sqlite', () => sqliteUrl('first')],
  ['postgres', () => servers.postgres.freshUrl()],
  ['mongodb', () => servers.mongodb.freshUrl()],
  ['redis', () => servers.redis.freshUrl()],
  ['mysql', () => servers.mysql.freshUrl()],
  ['sqlite', () => sqliteUrl('last')],
];

async function opened<P extends 'history' | 'session'>(
  port: P,
  url: string,
): Promise<P extends 'history' ? HistoryStore : SessionStore> {
  const store = factoryOf(port, url)?.({ url, variable: port, clock, logger: silentLogger });
  if (!store) throw new Error(`no adapter keeps ${port} on ${url}`);
  await store.open();
  return store as P extends 'history' ? HistoryStore : SessionStore;
}

async function within<T, P extends 'history' | 'session'>(
  port: P,
  url: string,
  work: (store: P extends 'history' ? HistoryStore : SessionStore) => Promise<T>,
): Promise<T> {
  const store = await opened(port, url);
  try {
    return await work(store);
  } finally {
    await store.close();
  }
}

const said: string[] = [];
const progress = () => new Progress({ write: (text) => said.push(text) });
const copy = (from: string, to: string, more: { follow?: boolean; stop?: AbortSignal } = {}) => {
  const both = factoryOf('session', from) && factoryOf('session', to);
  return copyState(
    {
      history: { from, to },
      ...(both && { sessions: { from, to } }),
      follow: more.follow ?? false,
      verify: true,
      mirror: false,
    },
    { clock, progress: progress(), stop: more.stop ?? never },
  );
};

const say = (text: string, sender: string, more: Partial<NewEvent> = {}): NewEvent => {
  const id = newId();
  const body = JSON.stringify({ type: more.type ?? 'message', text });
  const event = { id, type: 'message', sender, cid: id, at: clock.now(), body, ...more } as const;
  return { ...event, terms: termsOfStored({ ...event, seq: 0 }) };
};

/** Rooms of every kind, with everything that can happen in one. */
async function fill(history: HistoryStore): Promise<void> {
  const kinds: RoomKind[] = ['open', 'course', 'group', 'direct'];
  for (const [at, kind] of [...kinds, ...kinds, ...kinds].entries()) {
    const id = `${kind}-${at}`;
    const more = kind === 'course' ? { courseId: `c-${at}` } : {};
    await history.createRoom(
      { id, kind, name: `Räume 课 ${at} 😀`, createdAt: at, createdBy: 'ada', ...more },
      [{ user: 'ada', role: 'owner', since: at }],
    );
    if (at >= 10) continue; // some rooms are empty
    for (const user of ['ben', 'Ben', 'cleo', 'ﬀ', '😀'])
      await history.putMember(id, { user, role: 'member', since: at + 1 });
    const messages = Array.from({ length: 300 }, (_, n) =>
      say(n % 3 === 0 ? `机器学习 ${n} \u2028 "quoted"` : `number ${n} of ${id} \\u0000`, 'ben'),
    );
    for (let from = 0; from < messages.length; from += 50)
      await history.append(id, messages.slice(from, from + 50));
    const [first, second, third] = messages.slice(200) as [NewEvent, NewEvent, NewEvent];
    await history.append(id, [
      say('edited', 'ben', { type: 'message.edited', target: first.id }),
      say('', 'ada', { type: 'message.deleted', target: second.id }),
      say('👍', 'cleo', { type: 'reaction', target: third.id }),
      say('', 'ada', { type: 'member' }),
      say('a client id of many senders', 'Ben', { cid: 'X' }),
      say('a client id of many senders', 'ben', { cid: 'X' }),
      say('a client id of many senders', 'ben', { cid: 'x' }),
    ]);
    await history.markRead(id, 'cleo', 250);
    await history.markRead(id, 'guest', 17);
    if (at % 2 === 0) await history.trim(id, 101);
    if (at === 8) await history.trim(id, 10_000);
  }
}

describe('state copy between real stores', () => {
  const urls: string[] = [];

  beforeAll(async () => {
    for (const [, url] of way) urls.push(await url());
    await within('history', urls[0] ?? '', fill);
  });

  afterAll(() => removeDir(folder));

  it('goes sqlite → postgres → mongodb → redis → mysql → sqlite and ends with what it began with', async () => {
    const before = await within('history', urls[0] ?? '', everything);
    for (const [at, [name]] of way.entries()) {
      const [from, to] = [urls[at], urls[at + 1]];
      if (from === undefined || to === undefined) break;
      if (name === 'postgres') await within('session', from, login);
      const report = await copy(from, to);
      expect([name, report.verified?.difference]).toEqual([name, null]);
      expect(report).toMatchObject({ rooms: 12, events: 2363, verified: { rooms: 12 } });
      expect(await within('history', to, everything)).toEqual(before);
      expect((await copy(from, to)).events).toBe(0);
    }
  });

  it('takes logins along: a token issued on postgres is rotated on mysql, once', async () => {
    await within('session', urls[4] ?? '', async (sessions) => {
      const next = (hash: string) => ({ hash, expiresAt: clock.now() + 600_000 });
      expect((await sessions.presenceOf(['cleo'])).get('cleo')?.lastSeenAt).toBe(5);
      expect(await sessions.rotateRefresh('live', next('n'))).toEqual({
        outcome: 'rotated',
        user: 'ada',
      });
      expect(await sessions.rotateRefresh('spent', next('n'))).toEqual({
        outcome: 'reused',
        user: 'ada',
      });
    });
  });

  it.each([
    ['postgres', 'mysql'],
    ['mysql', 'redis'],
    ['redis', 'mongodb'],
    ['mongodb', 'postgres'],
  ] as const)(
    'follows %s into %s while it is written to, and clients resume there',
    async (source, target) => {
      const [from, to] = [await servers[source].freshUrl(), await servers[target].freshUrl()];
      const history = await opened('history', from);
      const stop = new AbortController();
      try {
        await fill(history);
        const following = copy(from, to, { follow: true, stop: stop.signal });
        for (let at = 0; at < 40; at += 1) {
          const gone = say(`live ${at}`, 'ada');
          await history.append('group-2', [gone, say(`more ${at}`, 'ben')]);
          if (at % 4 === 0)
            await history.append('group-2', [
              say('', 'ada', { type: 'message.deleted', target: gone.id }),
            ]);
          if (at === 10) await history.deleteRoom('group-6');
          if (at === 20) await history.renameRoom('group-2', 'renamed');
          if (at === 25) await history.removeMember('group-2', 'cleo');
          if (at === 30) await history.trim('group-2', 320);
          await new Promise((resolve) => setTimeout(resolve, 50));
        }
        stop.abort();
        expect((await following).verified?.difference).toBeNull();
        const before = await everything(history);
        expect(await within('history', to, everything)).toEqual(before);
      } finally {
        stop.abort();
        await history.close();
      }
    },
  );
});

async function login(sessions: SessionStore): Promise<void> {
  const expiresAt = clock.now() + 600_000;
  const session = { id: 's', user: 'ada', name: 'Ada', node: 'n', since: 1 };
  await sessions.put([{ session, rooms: ['group-2'] }], expiresAt);
  await sessions.put([{ session: { ...session, id: 't', user: 'cleo' }, rooms: [] }], expiresAt);
  await sessions.remove(['t'], 5);
  await sessions.issueRefresh({ hash: 'spent', family: 'f', user: 'ada', expiresAt });
  await sessions.rotateRefresh('spent', { hash: 'live', expiresAt });
}
