import { Child } from '../support/child.js';
import { room } from './support/operations.js';
import { closed, describeShared, each, make, opened, optionsOn } from './support/stores.js';

const prelude = `
import { SystemClock, silentLogger } from '#libs/kernel';
import { adapters } from '#libs/state/adapters';
const [, name, url, who, count] = process.argv;
const adapter = adapters.find((one) => one.name === name);
const options = { url, variable: 'TEST_STORE', clock: new SystemClock(), logger: silentLogger };
const once = new Promise((resolve) => process.stdin.once('data', resolve));
`;

/** Appends cids of its own and cids that others append too, several at a time, and prints each answer. */
const racer = `${prelude}
const store = adapter.history(options);
await store.open();
process.stdout.write('open\\n');
await once;
const send = async (sender, cid) => {
  const event = { id: [who, sender, cid].join('-'), type: 'message', sender, cid, at: 1, body: '{"text":"x"}' };
  const [{ seq, duplicate }] = await store.append('r', [event]);
  process.stdout.write(['ack', sender + '/' + cid, seq, duplicate].join(' ') + '\\n');
};
const lane = async (n) => {
  for (let at = n; at < Number(count); at += 8) {
    await send(who, 'own-' + at);
    await send('both', 'same-' + at);
  }
};
await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(lane));
await store.close();
process.exit(0);
`;

/** Opens every port of a fresh place at the moment it is told to. */
const opener = `${prelude}
process.stdout.write('ready\\n');
await once;
for (const port of ['data', 'history', 'session', 'bus']) {
  const store = adapter[port]?.(options);
  await store?.open();
  await store?.ping();
  await store?.close();
}
process.exit(0);
`;

describeShared('processes of their own', ({ adapter, server }) => {
  const itOfHistory = adapter.history ? it : () => undefined;
  itOfHistory('that race on one room give it one gapless order, each event once', async () => {
    const url = await server.freshUrl();
    const stores = await opened(adapter, url);
    await stores.history?.createRoom(room('r'), []);
    const children = ['p', 'q'].map((who) => new Child(racer, adapter.name, url, who, '120'));
    for (const child of children) await child.said('open');
    for (const child of children) child.tell('go');
    for (const child of children) await child.done();
    const acks = children.flatMap((child) =>
      child.lines('ack').map((line) => {
        const [key = '', seq, duplicate] = line.split(' ');
        return { key, seq: Number(seq), duplicate: duplicate === 'true' };
      }),
    );
    const log = await stores.history?.read('r', { limit: 1000 });
    const stored = new Map(log?.events.map(({ sender, cid, seq }) => [`${sender}/${cid}`, seq]));
    await closed(stores);
    expect(acks).toHaveLength(480);
    expect(log?.events.map(({ seq }) => seq)).toEqual(
      Array.from({ length: 360 }, (_, at) => at + 1),
    );
    expect(stored.size).toBe(360);
    expect(acks.filter(({ key, seq }) => stored.get(key) !== seq)).toEqual([]);
    expect(acks.filter(({ duplicate }) => duplicate)).toHaveLength(120);
  });

  it('that start together on a fresh place, ten of them, make it ready once', async () => {
    const url = await server.freshUrl();
    const children = Array.from({ length: 10 }, () => new Child(opener, adapter.name, url));
    for (const child of children) await child.said('ready');
    for (const child of children) child.tell('go');
    await Promise.all(children.map((child) => child.done()));
    const stores = make(adapter, optionsOn(url));
    for (const [, store] of each(stores)) {
      await store.open();
      expect(await store.inspect()).toMatchObject({ pendingMigrations: 0 });
    }
    await closed(stores);
  });
});
