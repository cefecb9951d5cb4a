import { token } from '../lib/token.mjs';
import { payloads, textCounter } from './counters.mjs';
import { RawSocket } from './websocket.mjs';

/** A ping is a line `{}`, alone in its frame or among replies. */
const pings = ['\x81\x02{}', '\n{}', '{}\n'].map((text) => Buffer.from(text, 'latin1'));

export const pong = (raw) => raw.send('{}');
export const isPing = (chunk) => pings.some((ping) => chunk.includes(ping));

/** The ids of so many rooms that everybody may enter; one is the lobby, which is there already. */
export async function rooms(port, count) {
  if (count === 1) return ['lobby'];
  const ids = [];
  for (let at = 0; at < count; at += 1) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/rooms`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${token('admin', 'Admin', ['admin'])}`,
      },
      body: JSON.stringify({ kind: 'open', name: `Room ${at}` }),
    });
    if (answer.status !== 201) throw new Error(await answer.text());
    ids.push((await answer.json()).id);
  }
  return ids;
}

/** The Centrifuge JSON protocol: `{"push":{"channel":…,"pub":…}}`, many to a frame. */
export async function enter(port, signed) {
  const raw = await RawSocket.open(port, '/connection/websocket');
  raw.send(JSON.stringify({ id: 1, connect: { token: signed } }));
  await raw.hears('"connect":');
  return raw;
}

export async function join(raw, room) {
  raw.send(JSON.stringify({ id: 2, subscribe: { channel: `room:${room}` } }));
  await raw.hears('"subscribe":');
}

/**
 * @param apart bytes between two publications at least
 * @returns a function of chunks that calls back with what came
 */
export function counter(raw, apart, onDeliveries, onAcks) {
  const publications = textCounter('"pub":', apart);
  const acks = textCounter('"publish":');
  return (chunk) => {
    const delivered = publications(chunk);
    if (delivered > 0) onDeliveries(delivered);
    if (onAcks) {
      const acked = acks(chunk);
      if (acked > 0) onAcks(acked);
    }
    if (delivered === 0 && isPing(chunk)) pong(raw);
  };
}

export function publish(raw, id, { room, cid, text }) {
  raw.send(
    JSON.stringify({ id: id + 3, publish: { channel: `room:${room}`, data: { cid, text } } }),
  );
}

/** What a receiver got, from its recorded stream: `{seq, cid, text}` in order of arrival. */
export function messages(stream) {
  return payloads(stream)
    .flatMap((payload) => payload.split('\n'))
    .map((line) => JSON.parse(line).push?.pub)
    .filter((pub) => pub?.offset)
    .map(({ offset, data }) => ({ seq: offset, cid: data.cid, text: data.text }));
}
