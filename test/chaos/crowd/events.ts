import type { Stored } from '../record.js';

/** An event of a log as the wire has it: what the record needs of it. */
export interface WireEvent {
  type: string;
  seq: number;
  id?: string;
  cid?: string;
  sender?: { id: string };
}

export interface Page {
  epoch: string;
  head: number;
  items: WireEvent[];
}

/** One string a message, however many receivers hear it: a record holds millions of them. */
const keys = new Map<string, string>();

export function keyOf({ type, sender, cid }: WireEvent): string {
  if (type !== 'message') return type;
  const key = `${sender?.id}/${cid}`;
  const known = keys.get(key);
  if (known === undefined) keys.set(key, key);
  return known ?? key;
}

export const asStored = (event: WireEvent): Stored => ({
  seq: event.seq,
  id: event.id ?? '',
  key: keyOf(event),
});
