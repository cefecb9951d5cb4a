import { type Db, MongoClient } from 'mongodb';
import { ManualClock, silentLogger } from '#libs/kernel';
import { NoSuchRecord, type RoomRecord } from '#libs/state';
import { account, content, document, event } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { until } from '../../../../test/support/until.js';
import { Handle } from './handle.js';
import { HintFeed } from './hint-feed.js';
import { batchId, closed, placeholder } from './log-documents.js';
import { MongoDataStore } from './mongo-data-store.js';
import { MongoEventBus } from './mongo-event-bus.js';
import { MongoHistoryStore } from './mongo-history-store.js';

const hour = 60 * 60_000;
const clock = new ManualClock();
let url: string;
let client: MongoClient;
let db: Db;

/** A second client of the same place: what another process is, with hints of its own. */
const elsewhere = () => `${url}&appName=elsewhere`;
const options = (at = url) => ({
  url: at,
  variable: 'TEST_STORE',
  clock,
  logger: silentLogger,
});

const room = (id: string): RoomRecord => ({
  id,
  kind: 'group',
  name: id,
  createdAt: 1,
  createdBy: 'u',
});
const one = (name: string, filter: object) => db.collection(name).findOne(filter);
const count = (name: string, filter: object = {}) => db.collection(name).countDocuments(filter);
const change = (name: string, filter: object, update: object) =>
  db.collection(name).updateOne(filter, update);

beforeEach(async () => {
  url = await servers.mongodb.freshUrl();
  client = await new MongoClient(url).connect();
  db = client.db();
});
afterEach(() => client.close());

describe('a log', () => {
  let store: MongoHistoryStore;
  let other: MongoHistoryStore;
  const log = async () => String((await one('rooms', { _id: 'r' as never }))?.['log']);

  beforeEach(async () => {
    store = new MongoHistoryStore(options());
    other = new MongoHistoryStore(options(elsewhere()));
    await store.open();
    await other.open();
    await store.createRoom(room('r'), [{ user: 'u', role: 'member', since: 1 }]);
  });
  afterEach(async () => {
    await store.close();
    await other.close();
  });

  it('whose floor was raised, but nothing removed, shows nothing below it, and frees the cids', async () => {
    const gone = event({ cid: 'x', sender: 's', terms: ['t'] });
    await store.append('r', [gone, event({ type: 'reaction', target: gone.id })]);
    await store.append('r', [event({ sender: 'other' })]);
    await change('rooms', { _id: 'r' }, { $set: { first: 3 } });
    expect((await store.read('r', { limit: 9 })).events.map(({ seq }) => seq)).toEqual([3]);
    expect(await store.event('r', gone.id)).toBeNull();
    expect(await store.changes('r', [gone.id])).toEqual([]);
    expect(await store.search(['r'], ['t'], { limit: 9 })).toEqual([]);
    expect((await store.readStates('u', ['r'])).get('r')?.unread).toBe(1);
    expect(await other.append('r', [event({ cid: 'x', sender: 's' })])).toMatchObject([
      { seq: 4, duplicate: false },
    ]);
  });

  it('takes nothing from a writer that was stopped while others appended and trimmed', async () => {
    await store.append('r', [event()]);
    await other.append('r', [event()]);
    await store.append('r', [event(), event()]);
    await store.trim('r', 99);
    expect(await other.append('r', [event()])).toMatchObject([{ seq: 5 }]);
    expect(await store.read('r', { limit: 9 })).toMatchObject({ first: 5, head: 5 });
  });

  it('takes nothing from a writer that does not know yet that the room is gone, or made anew', async () => {
    await other.append('r', [event()]);
    await store.deleteRoom('r');
    await expect(other.append('r', [event()])).rejects.toThrow(NoSuchRecord);
    await store.createRoom(room('r'), []);
    await other.append('r', [event()]);
    await store.deleteRoom('r');
    const { epoch } = await store
      .createRoom(room('r'), [])
      .then(() => store.read('r', { limit: 1 }));
    expect(await other.append('r', [event()])).toMatchObject([{ seq: 1, epoch }]);
  });

  it('that was closed by a process that died then is deleted by whoever meets it', async () => {
    await store.append('r', [event()]);
    const name = await log();
    const _id = batchId(name, 2);
    const last = { _id, log: name, room: 'r', first: 2, last: closed, at: 1 };
    await db.collection('log').insertOne({ ...last, events: placeholder(_id) } as never);
    await expect(store.append('r', [event()])).rejects.toThrow(NoSuchRecord);
    expect(await other.room('r')).toBeNull();
    expect(await other.roomsOf('u', { limit: 9 })).toEqual([]);
  });

  it('keeps stubs of what is young, and nothing of what is old', async () => {
    await store.append('r', [event()]);
    clock.advance(2 * hour);
    await store.append('r', [event()]);
    await store.append('r', [event()]);
    await store.trim('r', 3);
    expect(await count('log')).toBe(2);
    expect(await count('log', { stub: true })).toBe(1);
    clock.advance(2 * hour);
    await store.trim('r', 3);
    expect(await count('log')).toBe(1);
    expect((await store.read('r', { limit: 9 })).events.map(({ seq }) => seq)).toEqual([3]);
  });

  it('of a deleted room is swept away in the end, with whatever hangs on it', async () => {
    await store.append('r', [event()]);
    await store.markRead('r', 'u', 1);
    await store.deleteRoom('r');
    clock.advance(2 * hour);
    await store.deleteRoom('r');
    const sweeper = new MongoHistoryStore(options(`${url}&appName=sweeper`));
    await sweeper.open();
    await sweeper.close();
    for (const name of ['log', 'members', 'markers', 'graves']) expect(await count(name)).toBe(0);
  });

  it('knows no member of a room whose making was cut off, and makes it whole the next time', async () => {
    const left = { room: 'half', log: 'dead', user: 'u', role: 'owner', since: 1 };
    await db.collection('members').insertOne({ _id: 'dead\nu', ...left } as never);
    expect((await store.roomsOf('u', { limit: 1 })).map((own) => own.room.id)).toEqual(['r']);
    expect((await store.roomsOf('u', { limit: 9 })).map((own) => own.room.id)).toEqual(['r']);
    await store.createRoom(room('half'), []);
    expect(await store.members('half', { limit: 9 })).toEqual([]);
  });

  it('gives two clients that race one gapless order, whole calls, and each event once', async () => {
    const calls = [store, other].flatMap((writer, who) =>
      Array.from({ length: 60 }, (_, at) =>
        writer.append('r', [
          event({ sender: 'both', cid: `same-${at}` }),
          event({ sender: `own-${who}`, cid: String(at) }),
          event({ sender: `own-${who}`, cid: `${at}b` }),
        ]),
      ),
    );
    const answers = (await Promise.all(calls)).flat();
    const { events } = await store.read('r', { limit: 1000 });
    expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, at) => at + 1));
    expect(answers.filter(({ duplicate }) => duplicate)).toHaveLength(60);
    const stored = new Map(events.map(({ id, seq }) => [id, seq]));
    for (const { id, seq } of answers) expect(stored.get(id)).toBe(seq);
  });

  it('refuses the one call whose event id is taken, and nobody else in the same commit', async () => {
    await store.append('r', [event({ id: 'taken' })]);
    const [good, bad, late] = await Promise.allSettled([
      store.append('r', [event()]),
      store.append('r', [event(), event({ id: 'taken', cid: 'other' })]),
      store.append('r', [event()]),
    ]);
    expect(good).toMatchObject({ status: 'fulfilled', value: [{ seq: 2 }] });
    expect(bad).toMatchObject({ status: 'rejected', reason: { name: 'AlreadyExists' } });
    expect(late).toMatchObject({ status: 'fulfilled', value: [{ seq: 3 }] });
  });
});

describe('a catalogue', () => {
  let store: MongoDataStore;

  beforeEach(async () => {
    store = new MongoDataStore(options());
    await store.open();
    await store.courses.create('c', content('c'), document(), 1);
  });
  afterEach(() => store.close());

  const announced = () => ({ changing: { token: 'dead', at: clock.now() } });

  it('counts learners and ratings right where a process died before it had counted them', async () => {
    await store.learning.enrol('u', 'c', 1);
    await change('courses', { _id: 'c' }, { $push: announced(), $inc: { tick: 1 } });
    const course = String((await one('courses', { _id: 'c' as never }))?.['course']);
    const enrolled = { user: 'v', courseId: 'c', course, enrolledAt: 2, completedLessons: [] };
    await db.collection('enrolments').insertOne({ _id: `${course}\nv`, ...enrolled } as never);
    await db.collection('ratings').insertOne({
      _id: `${course}\nv`,
      user: 'v',
      courseId: 'c',
      course,
      stars: 4,
      at: 2,
    } as never);
    const right = { enrolments: 2, ratingCount: 1, ratingSum: 4 };
    const shown = async () => [
      await store.courses.byId('c'),
      ...(await store.courses.cards(['c'])),
      ...((await store.courses.changes({ known: 0, limit: 9 }))?.items ?? []).map(
        ({ facts }) => facts,
      ),
      ...(await store.courses.export({ limit: 9 })),
    ];
    for (const course of await shown()) expect(course).toMatchObject(right);
    await store.learning.enrol('w', 'c', 3);
    expect(await store.courses.byId('c')).toMatchObject({ ...right, enrolments: 3 });
    expect(await one('courses', { _id: 'c' as never })).toMatchObject({ enrolments: 2 });
    clock.advance(2 * hour);
    await store.courses.byId('c');
    expect(await one('courses', { _id: 'c' as never })).toMatchObject({
      ...right,
      enrolments: 3,
      changing: [],
    });
  });

  it('gives no revision twice while a change may be under way', async () => {
    const before = await store.courses.revision();
    await change(
      'singletons',
      { _id: 'catalogue revision' },
      { $push: { writing: { token: 'dead', at: clock.now() } } },
    );
    const [one, other] = [await store.courses.revision(), await store.courses.revision()];
    expect(one).not.toBe(other);
    clock.advance(hour);
    await store.courses.revision();
    const after = await store.courses.revision();
    expect(after).toBe(await store.courses.revision());
    expect(after).toBeGreaterThan(Math.max(before, one, other));
  });

  it('has nothing of a course’s learners in a later course of the same id', async () => {
    const named = async () => (await one('courses', { _id: 'c' as never }))?.['course'] as string;
    const first = await named();
    await store.learning.enrol('u', 'c', 1);
    const left = await one('enrolments', {});
    await store.courses.delete('c', 1);
    await db.collection('enrolments').insertOne({ ...left });
    await store.courses.create('c', content('c'), document(), 1);
    expect(await named()).not.toBe(first);
    expect(await store.learning.enrolment('u', 'c')).toBeNull();
    expect(await store.learning.enrolmentsOf('u', { limit: 1 })).toEqual([]);
    expect(await store.learning.enrol('u', 'c', 2)).toMatchObject({ created: true });
  });

  it('knows no model of an upload that was cut off, and stores blobs larger than a document', async () => {
    await db
      .collection('model_chunks')
      .insertOne({ _id: 'dead/0', blob: 'dead', at: clock.now() } as never);
    clock.advance(2 * hour);
    const blob = new Uint8Array(18_000_000).map((_, at) => at % 251);
    const { sha256 } = await store.models.put(blob, '{}', 1);
    expect(Buffer.compare((await store.models.get(sha256)) ?? new Uint8Array(), blob)).toBe(0);
    expect(await count('model_chunks', { blob: 'dead' })).toBe(0);
  });
});

describe('a schema', () => {
  it('is made by whoever comes next where who was making it died', async () => {
    await db
      .collection('maxiaoke_schema')
      .insertOne({ _id: 'lock', owner: 'dead', beat: 3 } as never);
    const store = new MongoDataStore(options());
    await store.open();
    await store.accounts.create(account('u'));
    await store.close();
    expect(await count('maxiaoke_schema', { _id: 'lock' as never })).toBe(0);
  });
});

describe('hints', () => {
  it('come by polling where there is no change stream, in order and once', async () => {
    const bus = new MongoEventBus(options());
    await bus.open();
    const handle = new Handle(options(elsewhere()));
    await handle.enter();
    const heard: string[] = [];
    const feed = new HintFeed(
      handle,
      (topic, payload) => heard.push(`${topic} ${payload}`),
      () => undefined,
      true,
    );
    await bus.publish('t', 'before');
    await feed.inForce();
    const payloads = Array.from({ length: 30 }, (_, at) => String(at));
    await Promise.all(payloads.map((payload) => bus.publish('t', payload)));
    await until('all are heard', () => heard.length >= 30);
    await bus.publish('t', 'last');
    await until('the last is heard', () => heard.includes('t last'));
    expect(heard).toEqual([...payloads, 'last'].map((payload) => `t ${payload}`));
    await feed.end();
    await handle.leave();
    await bus.close();
  });

  it('of one publisher come in the order they were published, at once and large', async () => {
    const bus = new MongoEventBus(options());
    await bus.open();
    const heard: string[] = [];
    await bus.subscribe('t', (payload) => heard.push(payload));
    const payloads = [
      'x'.repeat(1024 * 1024),
      ...Array.from({ length: 50 }, (_, at) => String(at)),
    ];
    await Promise.all(payloads.map((payload) => bus.publish('t', payload)));
    await until('all are heard', () => heard.length === payloads.length);
    expect(heard).toEqual(payloads);
    await bus.close();
  });
});
