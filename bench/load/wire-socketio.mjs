import { frameScanner, payloads } from './counters.mjs';
import { RawSocket } from './websocket.mjs';

const [zero, two, three, four] = Buffer.from('0234');

/** Engine.IO 4 and Socket.IO 5 over WebSocket: one frame a packet; `42` an event, `43` an ack, `2` a ping. */
export async function join(port, token) {
  const raw = await RawSocket.open(port, '/socket.io/?EIO=4&transport=websocket');
  raw.send(`40${JSON.stringify({ token })}`);
  await raw.hears('40{');
  raw.send('420["join",{"room":"lobby"}]');
  await raw.hears('430[{"ok":true}]');
  return raw;
}

export function counter(raw, onDeliveries, onAcks) {
  return frameScanner((first, second) => {
    if (first === four && second === two) onDeliveries(1);
    else if (first === four && second === three) onAcks?.(1);
    else if (first === two && second === 0) raw.send('3');
    else if (first !== zero) throw new Error(`a packet of an unexpected type: ${first} ${second}`);
  });
}

export function publish(raw, id, cid, text) {
  raw.send(`42${id}${JSON.stringify(['message', { room: 'lobby', cid, text }])}`);
}

export function messages(stream) {
  return payloads(stream)
    .filter((payload) => payload.startsWith('42'))
    .map((payload) => JSON.parse(payload.slice(2))[1])
    .map(({ seq, cid, text }) => ({ seq, cid, text }));
}
