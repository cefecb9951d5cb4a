import { ManualClock, silentLogger } from '#libs/kernel';
import type { CopiedEvent, HistoryStore, NewEvent } from '#libs/state';
import { adapters } from '#libs/state/adapters';
import { event } from '#libs/state/testing';
import { told } from '../../../../test/support/redis/told.js';
import { servers } from '../../../../test/support/servers/index.js';

const room = { id: 'r', kind: 'group', name: 'r', createdAt: 1, createdBy: 'u' } as const;
const users = ['a', 'b', 'c'];
const words = ['one', 'two', 'three', 'rare', '课', '课程'];

/** Always the same, and without a pattern of its own. */
function* numbers(): Generator<number, never> {
  for (let state = 42; ;) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    yield state / 2 ** 32;
  }
}

/** Messages, and now and then an edit, a deletion or a member's coming; ids do not follow the order. */
function said(count: number): NewEvent[] {
  const source = numbers();
  const random = () => source.next().value;
  const one = <T>(of: readonly T[]) => of[Math.floor(random() * of.length)] as T;
  const events: NewEvent[] = [];
  for (let at = 0; at < count; at += 1) {
    const sender = one(users);
    const id = `${String(Math.floor(at / 10 + random() * 4)).padStart(8, '0')}-${at}`;
    const kind = random();
    const target = events.length > 0 ? one(events).id : id;
    if (kind < 0.8)
      events.push(
        event({
          id,
          sender,
          terms: words.filter((word) => random() < (word === 'rare' ? 0.01 : 0.4)),
        }),
      );
    else if (kind < 0.9) events.push(event({ id, sender, type: 'message.deleted', target }));
    else if (kind < 0.95) events.push(event({ id, sender, type: 'message.edited', target }));
    else events.push(event({ id, sender, type: 'member' }));
  }
  return events;
}

async function store(name: string, url: string): Promise<HistoryStore> {
  const made = adapters
    .find((adapter) => adapter.name === name)
    ?.history?.({ url, variable: 'TEST_STORE', clock: new ManualClock(), logger: silentLogger });
  if (!made) throw new Error(`${name} keeps history`);
  await made.open();
  return made;
}

/** Everything that is worked out from many events. */
async function answers(from: HistoryStore, targets: readonly string[]) {
  const pages: string[][] = [];
  for (const terms of [['one'], ['one', 'two'], ['rare'], ['课', 'three', 'two'], ['nowhere']])
    for (let after: string | undefined, page = 0; page < 4; page += 1) {
      const hits = await from.search(['r'], terms, {
        limit: 7,
        ...(after !== undefined && { after }),
      });
      pages.push(hits.map((hit) => hit.event.id));
      after = hits.at(-1)?.event.id;
      if (after === undefined) break;
    }
  const states = await Promise.all(users.map((user) => from.readStates(user, ['r'])));
  const { first, head, events } = await from.read('r', { limit: 5000 });
  return {
    pages,
    states: states.map((state) => state.get('r')),
    changes: (await from.changes('r', targets)).map(({ seq }) => seq),
    middle: await from.read('r', { before: head - 300, limit: 40 }).then((slice) => slice.events),
    log: { first, head, events },
  };
}

describe('a large room on Redis', () => {
  it('answers as memory does over many blocks, however its events came and went', async () => {
    const events = said(3300);
    const [here, model] = [
      await store('redis', await servers.redis.freshUrl()),
      await store('memory', 'memory:'),
    ];
    const targets = events.slice(0, 400).map(({ id }) => id);
    const same = async () =>
      expect(await answers(here, targets)).toEqual(await answers(model, targets));
    for (const one of [here, model]) {
      await one.createRoom(room, []);
      // One call of many events, calls of one, and calls that share a commit.
      await one.append('r', events.slice(0, 700));
      for (const single of events.slice(700, 800)) await one.append('r', [single]);
      await Promise.all(events.slice(800, 3300).map((single) => one.append('r', [single])));
    }
    await same();
    for (const [user, seq] of [
      ['a', 255],
      ['b', 256],
      ['c', 1800],
    ] as const)
      expect(await here.markRead('r', user, seq)).toEqual(await model.markRead('r', user, seq));
    await same();
    for (const before of [100, 257, 700, 2250, 3250]) {
      for (const one of [here, model]) await one.trim('r', before);
      await same();
    }
    for (const one of [here, model]) await one.append('r', events.slice(0, 300));
    await same();
    for (const one of [here, model]) await one.trim('r', 9999);
    await same();
    await Promise.all([here, model].map((one) => one.close()));
  });

  it('is the same when it was copied in stretches, from the middle of a block on', async () => {
    const copied = said(900).map((one, at): CopiedEvent => ({ ...one, seq: 101 + at }));
    const [here, model] = [
      await store('redis', await servers.redis.freshUrl()),
      await store('memory', 'memory:'),
    ];
    for (let from = 0; from < copied.length; from += 170)
      for (const one of [here, model])
        await one.restore(room, { epoch: 'e', first: 101 }, copied.slice(from, from + 200));
    const targets = copied.map(({ id }) => id);
    expect(await answers(here, targets)).toEqual(await answers(model, targets));
    await Promise.all([here, model].map((one) => one.close()));
  });

  it('takes thousands of events in one call, of many terms each', async () => {
    const here = await store('redis', await servers.redis.freshUrl());
    await here.createRoom(room, []);
    const many = Array.from({ length: 9000 }, (_, at) =>
      event({ terms: Array.from({ length: 20 }, (_, of) => `term${(at * 7 + of) % 5000}`) }),
    );
    const answer = await here.append('r', many);
    expect(answer.at(-1)).toMatchObject({ seq: 9000, duplicate: false });
    const again = await here.append('r', many);
    expect(again.every(({ duplicate, seq }, at) => duplicate && seq === at + 1)).toBe(true);
    expect(again.map(({ id }) => id)).toEqual(many.map(({ id }) => id));
    await here.deleteRoom('r');
    await here.close();
  });

  it('leaves nothing behind when it is deleted or trimmed away', async () => {
    const url = await servers.redis.freshUrl();
    const here = await store('redis', url);
    await here.createRoom(room, [{ user: 'a', role: 'owner', since: 1 }]);
    await here.append('r', said(1000));
    await here.trim('r', 600);
    await here.deleteRoom('r');
    expect(await here.roomsOf('a', { limit: 5 })).toEqual([]);
    const prefix = new URL(url).searchParams.get('prefix') ?? '';
    const keys = await told(servers.redis.url, (client) => client.keys(`${prefix}*`));
    expect(keys).toEqual([`${prefix}:layout`]);
    await here.close();
  });
});
