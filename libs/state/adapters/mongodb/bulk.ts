import { setTimeout as pause } from 'node:timers/promises';
import {
  type Collection,
  type Document,
  MongoBulkWriteError,
  MongoNetworkError,
  type OptionalUnlessRequiredId,
} from 'mongodb';
import { isDuplicateKey } from './errors.js';

/** Until a pool whose connections broke together has thrown all of them away, ms. */
const settleMs = 100;

/** Documents of one insert command; the server takes more, but answers later. */
const perCommand = 1000;

/**
 * Once more where the connection broke: for what may be done twice. The driver does it by itself
 * where the server has retryable writes, which one alone and compatible ones have not.
 */
export async function repeated<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!connectionBroke(error)) throw error;
    await pause(settleMs);
    return work();
  }
}

/** A bulk write wraps what became of its connection in an error of its own, without write errors. */
const connectionBroke = (error: unknown): boolean =>
  error instanceof MongoNetworkError ||
  (error instanceof MongoBulkWriteError &&
    [error.writeErrors].flat().length === 0 &&
    !error.result.getWriteConcernError());

/** Which documents of an insert, of one or unordered, collided; null where something else went wrong with any. */
export function collisions(error: unknown): Set<number> | null {
  if (!(error instanceof MongoBulkWriteError)) return isDuplicateKey(error) ? new Set([0]) : null;
  const errors = [error.writeErrors].flat();
  const others = errors.some(({ code }) => code !== 11000);
  if (errors.length === 0 || others || error.result.getWriteConcernError()) return null;
  return new Set(errors.map(({ index }) => index));
}

/** Inserts, one after the other, those whose keys are free then, and gives them. */
export async function insertMissing<T extends Document & { _id: string }>(
  collection: Collection<T>,
  documents: readonly T[],
): Promise<T[]> {
  const inserted: T[] = [];
  for (let from = 0; from < documents.length; from += perCommand) {
    const some = documents.slice(from, from + perCommand);
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
