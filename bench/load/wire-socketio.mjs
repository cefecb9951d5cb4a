import { frameScanner, payloads } from './counters.mjs';
import { namedRooms, RawSocket } from './websocket.mjs';

const [zero, two, three, four] = Buffer.from('0234');

export const rooms = namedRooms;

/** Engine.IO 4 and Socket.IO 5 over WebSocket: one frame a packet; `42` an event, `43` an ack, `2` a ping. */
export async function enter(port, token) {
  const raw = await RawSocket.open(port, '/socket.io/?EIO=4&transport=websocket');
  raw.send(`40${JSON.stringify({ token })}`);
  await raw.hears('40{');
  return raw;
}

export async function join(raw, room) {
  raw.send(`420${JSON.stringify(['join', { room }])}`);
  await raw.hears('430[{"ok":true}]');
}

export function counter(raw, _apart, onDeliveries, onAcks) {
  return frameScanner((first, second) => {
    if (first === four && second === two) onDeliveries(1);
    else if (first === four && second === three) onAcks?.(1);
    else if (first === two && second === 0) raw.send('3');
    else if (first !== zero) throw new Error(`a packet of an unexpected type: ${first} ${second}`);
  });
}

export function publish(raw, id, { room, cid, text }) {
  raw.send(`42${id}${JSON.stringify(['message', { room, cid, text }])}`);
}

export function messages(stream) {
  return payloads(stream)
    .filter((payload) => payload.startsWith('42'))
    .map((payload) => JSON.parse(payload.slice(2))[1])
    .map(({ seq, cid, text }) => ({ seq, cid, text }));
}
