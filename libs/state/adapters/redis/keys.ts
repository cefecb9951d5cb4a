/**
 * A name as a hash tag: braces would end it early, and an empty one would be none. Every key of one
 * room (user, bucket) has the same tag and so lives in the same slot of a cluster.
 */
export const tagged = (name: string): string =>
  `{${name === '' ? '%' : name.replace(/[%{}]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)}}`;

/** FNV-1a over UTF-16 units, 32 bits. */
export function hashOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at += 1)
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193) >>> 0;
  return hash;
}
