// Receivers of one room, some of which send, `window` messages in flight. Frames are counted by a
// byte pattern, never parsed. Arguments: kind port receivers messages window
import { SignJWT } from 'jose';
import WebSocket from 'ws';

const [kind, port, receivers, messages, window] = [
  process.argv[2],
  ...process.argv.slice(3).map(Number),
];
const key = new TextEncoder().encode(process.env.AUTH_SECRET);
const wires = {
  maxiaoke: {
    path: '/connection/websocket',
    opened: (ws, token) => ws.send(JSON.stringify({ id: 1, connect: { token } })),
    greet: (ws, text) =>
      text.includes('"connect":') && ws.send('{"id":2,"subscribe":{"channel":"room:lobby"}}'),
    joined: (text) => text.includes('"subscribe":{'),
    event: '"pub":',
    acks: (data) => occurrences(data, '"publish":{}'),
    ping: () => undefined,
    send: (n, data) => JSON.stringify({ id: n + 10, publish: { channel: 'room:lobby', data } }),
  },
  socketio: {
    path: '/socket.io/?EIO=4&transport=websocket',
    opened: () => undefined,
    greet: (ws, text, token) => {
      if (text[0] === '0') ws.send(`40${JSON.stringify({ token })}`);
      else if (text.startsWith('40')) ws.send('420["join","lobby"]');
    },
    joined: (text) => text.startsWith('430'),
    event: '["event"',
    acks: (data) => (data[0] === 0x34 && data[1] === 0x33 ? 1 : 0),
    ping: (ws, data) => data.length === 1 && data[0] === 0x32 && ws.send('3'),
    send: (n, data) => `42${n}["message",${JSON.stringify(data)}]`,
  },
};
const wire = wires[kind];

function occurrences(data, pattern) {
  let count = 0;
  for (let at = data.indexOf(pattern); at !== -1; at = data.indexOf(pattern, at + 1)) count += 1;
  return count;
}

async function join(user) {
  const token = await new SignJWT({ name: user })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(user)
    .setExpirationTime('1h')
    .sign(key);
  const ws = new WebSocket(`ws://127.0.0.1:${port}${wire.path}`, { perMessageDeflate: false });
  ws.received = 0;
  return new Promise((resolve, reject) => {
    let up = false;
    ws.on('error', reject);
    ws.on('close', (code) => reject(new Error(`closed with ${code}`)));
    ws.on('open', () => wire.opened(ws, token));
    ws.on('message', (data) => {
      if (up) {
        ws.received += occurrences(data, wire.event);
        ws.acked?.(wire.acks(data));
        wire.ping(ws, data);
        return;
      }
      const text = data.toString();
      if (!wire.joined(text)) return wire.greet(ws, text, token);
      up = true;
      ws.received += occurrences(data, wire.event);
      resolve(ws);
    });
  });
}

const room = [];
for (let at = 0; at < receivers; at += 1) room.push(await join(`user-${at}`));
process.send('ready');
await new Promise((resolve) => process.once('message', resolve));

let sent = 0;
let acknowledged = 0;
await new Promise((resolve) => {
  const send = (ws) => {
    if (sent === messages) return;
    const n = sent++;
    ws.send(
      wire.send(n, { cid: `${process.pid}-${n}`, text: `message number ${n} of a benchmark` }),
    );
  };
  const senders = room.slice(0, 8);
  for (const ws of senders) {
    ws.acked = (count) => {
      acknowledged += count;
      for (let at = 0; at < count; at += 1) send(ws);
      if (acknowledged === messages) resolve();
    };
  }
  for (let at = 0; at < window; at += 1) send(senders[at % senders.length]);
});
const deadline = Date.now() + 60_000;
while (room.some(({ received }) => received < messages) && Date.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, 5));
}
process.send({ complete: room.every(({ received }) => received === messages) });
process.exit(0);
