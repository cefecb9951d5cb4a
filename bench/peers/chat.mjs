// What every peer does beside its transport: verifies a token, checks what it is sent, keeps a history that drops
// repeats. In memory, or (STORE, STORE_URL) by one write a message through a pool of ten.
import { randomUUID } from 'node:crypto';
import { jwtVerify } from 'jose';
import { z } from 'zod';

const secret = new TextEncoder().encode(process.env.AUTH_SECRET);
const historyLength = 10_000;

export const joinSchema = z.strictObject({ room: z.string().min(1).max(64) });
export const messageSchema = z.strictObject({
  room: z.string().min(1).max(64),
  cid: z.string().regex(/^[\x20-\x7e]{1,64}$/),
  text: z.string().min(1).max(4000),
  replyTo: z.string().optional(),
});

export async function userOf(token) {
  const { payload } = await jwtVerify(token, secret, { algorithms: ['HS256'] });
  return { id: payload.sub, name: payload.name };
}

/** @type {Map<string, {head: number, log: object[], seen: Map<string, number>}>} */
const rooms = new Map();

function historyOf(room) {
  let history = rooms.get(room);
  if (!history) rooms.set(room, (history = { head: 0, log: [], seen: new Map() }));
  return history;
}

function eventOf(room, seq, sender, { cid, text, replyTo }) {
  const event = { type: 'message', id: randomUUID(), room, seq, sender, cid, text };
  if (replyTo) event.replyTo = replyTo;
  event.at = new Date().toISOString();
  return event;
}

/** @returns `{seq, event, duplicate}`; a repeat has no event */
export function append(room, sender, message) {
  const history = historyOf(room);
  const key = `${sender.id} ${message.cid}`;
  const before = history.seen.get(key);
  if (before) return { seq: before, duplicate: true };
  const seq = ++history.head;
  const event = eventOf(room, seq, sender, message);
  history.log.push(event);
  history.seen.set(key, seq);
  if (history.log.length > 2 * historyLength) {
    const dropped = history.log.splice(0, historyLength);
    for (const old of dropped) history.seen.delete(`${old.sender.id} ${old.cid}`);
  }
  return { seq, event, duplicate: false };
}

/** The same with a store: resolves when it is written, which refuses a client id that it has. */
export async function openStore(name, url) {
  const { singleWrites } = await import('../lib/single-writes.mjs');
  const store = await singleWrites[name](url);
  return async (room, sender, message) => {
    const seq = ++historyOf(room).head;
    const event = eventOf(room, seq, sender, message);
    await store.write(room, {
      id: event.id,
      type: event.type,
      sender: sender.id,
      cid: message.cid,
      at: Date.now(),
      body: JSON.stringify(event),
    });
    return { seq, event, duplicate: false };
  };
}
