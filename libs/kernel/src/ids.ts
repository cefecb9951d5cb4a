import { randomFillSync } from 'node:crypto';

let last = 0;
let counter = 0;
/** `last` as an id begins with it. */
let time = '';

const entropy = Buffer.allocUnsafe(8192);
let used = entropy.length;

/** 16 digits. */
function randomHex(): string {
  if (used === entropy.length) {
    randomFillSync(entropy);
    used = 0;
  }
  used += 8;
  return entropy.toString('hex', used - 8, used);
}

function begin(millisecond: number): void {
  last = millisecond;
  counter = 0;
  const digits = last.toString(16).padStart(12, '0');
  time = `${digits.slice(0, 8)}-${digits.slice(8)}-7`;
}

/**
 * A time-ordered, URL-safe id (UUIDv7, RFC 9562): later ids of one process sort after earlier ones.
 * Within a millisecond 12 bits count (§6.2, method 1), running ahead of the clock where they overflow;
 * 62 bits are random, from entropy that is read in bulk.
 */
export function newId(): string {
  const now = Date.now();
  if (now > last) begin(now);
  else if (++counter > 0xfff) begin(last + 1);
  // A leading 1 keeps the zeros.
  const count = (0x1000 + counter).toString(16).slice(1);
  const random = randomHex();
  const variant = '89ab'.charAt(random.charCodeAt(0) & 3);
  return `${time}${count}-${variant}${random.slice(1, 4)}-${random.slice(4)}`;
}
