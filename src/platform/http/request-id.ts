import type { IncomingMessage } from 'node:http';
import { newId } from '#libs/kernel';

/** What is safe in logs and headers. */
const acceptable = /^[A-Za-z0-9_.:-]{1,128}$/;

/** The id a request came with, where it can be kept; else a new one. */
export function requestIdOf({ headers }: IncomingMessage): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && acceptable.test(given) ? given : newId();
}
