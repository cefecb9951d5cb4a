/**
 * Sessions, users and rooms are spread over this many buckets, each with a hash tag of its own: one
 * call serves all of a bucket, so thousands of connections take a few dozen calls in one round trip,
 * and a cluster shares the buckets out. Fixed for ever: the number is part of where things are kept.
 */
export const bucketCount = 64;

/** FNV-1a over UTF-16 units. */
export function bucketOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1)
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  return hash % bucketCount;
}

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
