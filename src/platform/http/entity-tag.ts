import { hash } from 'node:crypto';

/**
 * The ETag of an answer: of its content alone, so that replicas agree. In one call: an object that hashes outlives
 * every collection of young objects, and its body with it.
 */
export const etagOf = (body: string | Buffer): string =>
  `"${hash('sha256', body, 'base64url').slice(0, 27)}"`;

/** Whether one of the entity tags of an If-None-Match or If-Match matches (weak comparison). */
export const etagMatches = (header: string, etag: string): boolean =>
  header === etag ||
  header.trim() === '*' ||
  header.split(',').some((tag) => tag.trim().replace(/^W\//, '') === etag);
