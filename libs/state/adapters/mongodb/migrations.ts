import type { Db, IndexDescription } from 'mongodb';

const index = (name: string, key: Record<string, 1 | -1>, unique = false): IndexDescription => ({
  name,
  key,
  ...(unique && { unique }),
});

/**
 * The collections and their indexes beyond `_id`. No partial index, no collation: strings compare as
 * UTF-8, which is code-point order, and compatible servers have no other kind.
 */
export const indexes: Readonly<Record<string, readonly IndexDescription[]>> = {
  accounts: [index('username', { usernameKey: 1 }, true)],
  courses: [index('slug', { slug: 1 }, true), index('revision', { revision: 1 })],
  course_deletions: [index('revision', { revision: 1 }), index('age', { at: 1 })],
  enrolments: [
    index('learner', { user: 1, enrolledAt: -1, courseId: 1 }),
    index('course', { course: 1 }),
  ],
  ratings: [index('course', { course: 1 })],
  interactions: [index('user', { user: 1, at: -1, _id: -1 })],
  models: [index('newest', { createdAt: -1, _id: 1 })],
  model_chunks: [index('blob', { blob: 1, at: 1 })],
  idempotency: [index('expiry', { expiresAt: 1 })],
  rooms: [index('kind', { kind: 1, _id: 1 })],
  members: [index('room', { log: 1, user: 1 }), index('user', { user: 1, room: 1 })],
  markers: [index('room', { log: 1, user: 1 }), index('user', { user: 1, room: 1 })],
  log: [
    index('last', { log: 1, last: 1 }),
    index('key', { log: 1, 'events.key': 1 }, true),
    index('id', { log: 1, 'events.id': 1 }, true),
    index('target', { log: 1, 'events.target': 1 }),
    index('terms', { log: 1, 'events.terms': 1 }),
  ],
  graves: [index('age', { at: 1 })],
  sessions: [
    index('user', { user: 1 }),
    index('room', { rooms: 1 }),
    index('expiry', { expiresAt: 1 }),
  ],
  families: [index('hash', { hashes: 1 }), index('expiry', { expiresAt: 1 })],
  counters: [index('expiry', { resetAt: 1 })],
  // Garbage collection only, in the server's time: what is older than a minute was heard or lost.
  hints: [{ ...index('age', { at: 1 }), expireAfterSeconds: 60 }],
};

/** Forward only: the n-th brings a database from version n-1 to n. Each is idempotent. */
export const migrations: readonly ((db: Db) => Promise<void>)[] = [
  async (db) => {
    await Promise.all(
      Object.entries(indexes).map(([collection, wanted]) =>
        db.collection(collection).createIndexes([...wanted]),
      ),
    );
    const singletons = db.collection<{ _id: string }>('singletons');
    for (const [_id, initial] of Object.entries(singletonsAtFirst))
      await singletons.updateOne({ _id }, { $setOnInsert: initial }, { upsert: true });
  },
  // Terms and what lists were sorted by made way for documents, which are made when the server starts;
  // every course has a number.
  async (db) => {
    const courses = db.collection<{ _id: string; revision?: number }>('courses');
    const unused = ['newest', 'rating', 'popular', 'title', 'filter', 'tag', 'terms'];
    for (const { name = '' } of await courses.indexes())
      if (unused.includes(name)) await courses.dropIndex(name);
    for (const collection of ['courses', 'course_deletions'])
      await db.collection(collection).createIndexes([...(indexes[collection] ?? [])]);
    await courses.updateMany(
      {},
      {
        $unset: { terms: '', length: '', newest: '', rating: '', titleKey: '', tagSet: '' },
      },
    );
    const numbered = await courses
      .find({ revision: { $gte: 1 } })
      .sort({ revision: -1 })
      .limit(1)
      .toArray();
    let number = numbered[0]?.revision ?? 0;
    const without = courses.find({ revision: { $exists: false } }, { projection: { _id: 1 } });
    for (const { _id } of await without.toArray())
      await courses.updateOne({ _id }, { $set: { revision: (number += 1) } });
    await db
      .collection<{ _id: string }>('singletons')
      .updateOne({ _id: 'catalogue revision' }, { $max: { number } });
  },
];

const singletonsAtFirst = {
  'catalogue revision': { number: 0, writing: [] },
  'active model': { sha256: null, fencing: 0 },
};
