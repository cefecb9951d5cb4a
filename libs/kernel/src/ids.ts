import { randomUUID } from 'node:crypto';

let last = 0;
let counter = 0;

/**
 * A time-ordered, URL-safe id (UUIDv7, RFC 9562): later ids of one process sort after earlier ones.
 * Within a millisecond 12 bits count (§6.2, method 1), running ahead of the clock where they overflow;
 * 62 bits are random. The random part is cut from a version 4 UUID, which Node makes from entropy read in bulk.
 */
export function newId(): string {
  const now = Date.now();
  if (now > last) {
    last = now;
    counter = 0;
  } else if (++counter > 0xfff) {
    last += 1;
    counter = 0;
  }
  const time = last.toString(16).padStart(12, '0');
  const count = counter.toString(16).padStart(3, '0');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${count}${randomUUID().slice(18)}`;
}
