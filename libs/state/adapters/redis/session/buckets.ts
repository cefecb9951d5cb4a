import { hashOf } from '../keys.js';

/**
 * Sessions, users and rooms are spread over this many buckets, each with a hash tag of its own: one
 * call serves all of a bucket, so thousands of connections take a few dozen calls in one round trip,
 * and a cluster shares the buckets out. Fixed for ever: the number is part of where things are kept.
 */
export const bucketCount = 64;

export const bucketOf = (name: string): number => hashOf(name) % bucketCount;

/** What belongs to each bucket, for those that something belongs to. */
export function byBucket<T>(items: Iterable<T>, nameOf: (item: T) => string): Map<number, T[]> {
  const buckets = new Map<number, T[]>();
  for (const item of items) {
    const bucket = bucketOf(nameOf(item));
    const others = buckets.get(bucket);
    if (others) others.push(item);
    else buckets.set(bucket, [item]);
  }
  return buckets;
}
