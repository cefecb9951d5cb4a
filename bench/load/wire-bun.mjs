import { frameScanner, payloads } from './counters.mjs';
import { namedRooms, RawSocket } from './websocket.mjs';

const [brace, bracket] = Buffer.from('{[');

export const rooms = namedRooms;

/** `peers/bun.mjs`: one frame a message; `{` begins an event, `[` an answer `[id, result]`. */
export async function enter(port, token) {
  return RawSocket.open(port, `/chat?token=${token}`);
}

export async function join(raw, room) {
  raw.send(JSON.stringify([0, 'join', { room }]));
  await raw.hears('[0,{"ok":true}]');
}

export function counter(_raw, _apart, onDeliveries, onAcks) {
  return frameScanner((first) => {
    if (first === brace) onDeliveries(1);
    else if (first === bracket) onAcks?.(1);
    else throw new Error(`a frame of an unexpected kind: ${first}`);
  });
}

export function publish(raw, id, message) {
  raw.send(JSON.stringify([id, 'message', message]));
}

export function messages(stream) {
  return payloads(stream)
    .filter((payload) => payload.startsWith('{'))
    .map((payload) => JSON.parse(payload))
    .map(({ seq, cid, text }) => ({ seq, cid, text }));
}
