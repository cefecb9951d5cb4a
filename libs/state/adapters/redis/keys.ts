/**
 * A name as a hash tag: braces would end it early, and an empty one would be none. Every key of one
 * room (user, bucket) has the same tag and so lives in the same slot of a cluster.
 */
export const tagged = (name: string): string =>
  `{${name === '' ? '%' : name.replace(/[%{}]/g, (char) => `%${char.charCodeAt(0).toString(16)}`)}}`;
