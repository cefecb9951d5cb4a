import {
  type Collection,
  type Document,
  MongoBulkWriteError,
  type OptionalUnlessRequiredId,
} from 'mongodb';
import { isDuplicateKey } from './errors.js';

/** Documents of one insert command; the server takes more, but answers later. */
const perCommand = 1000;

/** Which documents of an insert, of one or unordered, collided; null where something else went wrong with any. */
export function collisions(error: unknown): Set<number> | null {
  if (!(error instanceof MongoBulkWriteError)) return isDuplicateKey(error) ? new Set([0]) : null;
  const errors = [error.writeErrors].flat();
  const others = errors.some(({ code }) => code !== 11000);
  if (errors.length === 0 || others || error.result.getWriteConcernError()) return null;
  return new Set(errors.map(({ index }) => index));
}

/** Inserts those whose keys are free and gives them; of several with one `_id` the first counts. */
export async function insertMissing<T extends Document & { _id: string }>(
  collection: Collection<T>,
  documents: readonly T[],
): Promise<T[]> {
  const first = new Map<string, T>();
  for (const document of documents) if (!first.has(document._id)) first.set(document._id, document);
  const all = [...first.values()];
  const inserted: T[] = [];
  for (let from = 0; from < all.length; from += perCommand) {
    const some = all.slice(from, from + perCommand);
    let collided = new Set<number>();
    try {
      await collection.insertMany(some as OptionalUnlessRequiredId<T>[], { ordered: false });
    } catch (error) {
      const indexes = collisions(error);
      if (!indexes) throw error;
      collided = indexes;
    }
    inserted.push(...some.filter((_, at) => !collided.has(at)));
  }
  return inserted;
}
