import { payloads, textCounter } from './counters.mjs';
import { RawSocket } from './websocket.mjs';

const channel = 'room:lobby';

/** A ping is a line `{}`, alone in its frame or among replies. */
const pings = ['\x81\x02{}', '\n{}', '{}\n'].map((text) => Buffer.from(text, 'latin1'));

/** The Centrifuge JSON protocol: `{"push":{"channel":…,"pub":…}}`, many to a frame. */
export async function join(port, token) {
  const raw = await RawSocket.open(port, '/connection/websocket');
  raw.send(JSON.stringify({ id: 1, connect: { token } }));
  await raw.hears('"connect":');
  raw.send(JSON.stringify({ id: 2, subscribe: { channel } }));
  await raw.hears('"subscribe":');
  return raw;
}

/** @returns a function of chunks that calls back with what came */
export function counter(raw, onDeliveries, onAcks) {
  const publications = textCounter('"pub":');
  const acks = textCounter('"publish":');
  return (chunk) => {
    const delivered = publications(chunk);
    if (delivered > 0) onDeliveries(delivered);
    if (onAcks) {
      const acked = acks(chunk);
      if (acked > 0) onAcks(acked);
    }
    if (pings.some((ping) => chunk.includes(ping))) raw.send('{}');
  };
}

export function publish(raw, id, cid, text) {
  raw.send(JSON.stringify({ id: id + 2, publish: { channel, data: { cid, text } } }));
}

/** What a receiver got, from its recorded stream: `{seq, cid, text}` in order of arrival. */
export function messages(stream) {
  return payloads(stream)
    .flatMap((payload) => payload.split('\n'))
    .map((line) => JSON.parse(line).push?.pub)
    .filter(Boolean)
    .map(({ offset, data }) => ({ seq: offset, cid: data.cid, text: data.text }));
}
