import { setTimeout as pause } from 'node:timers/promises';
import { randomUUID } from 'node:crypto';
import type { Db, IndexDescription } from 'mongodb';
import { StoreMisconfigured, StoreUnavailable } from '#libs/state';
import { isDuplicateKey, isNamespaceNotFound } from './errors.js';
import { indexes, migrations } from './migrations.js';

/** Says what of this program the database holds. Made before any other collection. */
const schemaCollection = 'maxiaoke_schema';

interface SchemaDocument {
  _id: 'version' | 'lock';
  /** Of `version`: how many migrations were run. */
  number?: number;
  /** Of `lock`: who migrates now, and a number that rises while it lives. */
  owner?: string;
  beat?: number;
}

interface Place {
  variable: string;
  where: string;
  migrates: boolean;
}

/** How often a process that migrates shows that it lives, and how long it may be silent, ms. */
const beatEvery = 250;
const silentFor = 2000;

/**
 * Brings the database to this program's schema, or finds it there. Of processes that start together
 * one migrates, under a lock, and the others wait for it. A lock whose owner died is taken over once
 * its beat has stood still for a while as seen from here: no two clocks are compared.
 * @throws StoreMisconfigured where the schema is newer, another program's, or was changed by hand
 */
export async function prepareSchema(db: Db, place: Place): Promise<void> {
  const schema = db.collection<SchemaDocument>(schemaCollection);
  let seen: { owner?: string; beat?: number; at: number } = { at: performance.now() };
  for (;;) {
    const pending = await pendingMigrations(db);
    if (pending < 0)
      throw new StoreMisconfigured(
        `${place.variable}: ${place.where} was made by a newer version (schema ${migrations.length - pending}, this one knows ${migrations.length}); upgrade, or use another database`,
      );
    if (pending === 0) return checkIndexes(db, place);
    if (!place.migrates)
      throw new StoreMisconfigured(
        `${place.variable}: ${place.where} lacks ${pending} of ${migrations.length} migrations; start the server once to run them`,
      );
    const lock = await schema.findOne({ _id: 'lock' });
    if (!lock) {
      if (pending === migrations.length) await refuseForeign(db, place);
      if (await tryMigrate(db)) continue;
    } else if (lock.owner !== seen.owner || lock.beat !== seen.beat) {
      seen = { owner: lock.owner ?? '', beat: lock.beat ?? 0, at: performance.now() };
    } else if (performance.now() - seen.at > silentFor) {
      await schema.deleteOne({ _id: 'lock', owner: seen.owner ?? '', beat: seen.beat ?? 0 });
    }
    await pause(50);
  }
}

/** How many migrations are still to run; below 0 where the database is ahead of this program. */
export async function pendingMigrations(db: Db): Promise<number> {
  const version = await db.collection<SchemaDocument>(schemaCollection).findOne({ _id: 'version' });
  return migrations.length - (version?.number ?? 0);
}

/** Runs what is pending where nobody else does; true where it was this process. */
async function tryMigrate(db: Db): Promise<boolean> {
  const schema = db.collection<SchemaDocument>(schemaCollection);
  const owner = randomUUID();
  try {
    await schema.insertOne({ _id: 'lock', owner, beat: 0 });
  } catch (error) {
    if (isDuplicateKey(error)) return false;
    throw error;
  }
  let lost: unknown = null;
  const beat = setInterval(() => {
    schema.updateOne({ _id: 'lock', owner }, { $inc: { beat: 1 } }).catch((error: unknown) => {
      lost = error;
    });
  }, beatEvery);
  try {
    // Each migration is idempotent: one that was cut off, or run by two, is run again.
    for (
      let at = migrations.length - (await pendingMigrations(db));
      at < migrations.length;
      at += 1
    ) {
      await migrations[at]?.(db);
      if (lost) throw new StoreUnavailable('the lock of the migration could not be kept', lost);
      await schema.updateOne({ _id: 'version' }, { $max: { number: at + 1 } }, { upsert: true });
    }
  } finally {
    clearInterval(beat);
    await schema.deleteOne({ _id: 'lock', owner });
  }
  return true;
}

/** A database that has our names but never had our schema is somebody else's. */
async function refuseForeign(db: Db, { variable, where }: Place): Promise<void> {
  const names = (await db.listCollections({}, { nameOnly: true }).toArray()).map(
    ({ name }) => name,
  );
  if (names.includes(schemaCollection)) return;
  const theirs = names.filter((name) => name in indexes);
  if (theirs.length > 0 && (await pendingMigrations(db)) === migrations.length)
    throw new StoreMisconfigured(
      `${variable}: ${where} holds another program's collections (${theirs.join(', ')}); name another database`,
    );
}

/** The promises rest on the unique indexes: one that was dropped by hand is an error, not a slow query. */
async function checkIndexes(db: Db, { variable, where }: Place): Promise<void> {
  await Promise.all(
    Object.entries(indexes).map(async ([collection, wanted]) => {
      const there = await indexesOf(db, collection);
      const lacking = wanted.find((index) => !there.some((one) => same(one, index)));
      if (lacking)
        throw new StoreMisconfigured(
          `${variable}: ${where}: the index ${lacking.name} of ${collection} is missing or was changed by hand; put it back: ` +
            `db.${collection}.createIndex(${JSON.stringify(lacking.key)}, ${JSON.stringify({ name: lacking.name, ...(lacking.unique && { unique: true }) })})`,
        );
    }),
  );
}

/** None where the collection is gone: somebody dropped it. */
async function indexesOf(db: Db, collection: string): Promise<IndexDescription[]> {
  try {
    return await db.collection(collection).indexes();
  } catch (error) {
    if (isNamespaceNotFound(error)) return [];
    throw error;
  }
}

const same = (one: IndexDescription, other: IndexDescription): boolean =>
  JSON.stringify(one.key) === JSON.stringify(other.key) &&
  Boolean(one.unique) === Boolean(other.unique);
