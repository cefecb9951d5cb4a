import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';
import { z } from 'zod';

// The job that Maxiaoke's chat does, written the way socket.io's guide has it: a token at connect,
// membership, a validated message, an append to history that drops repeats, a broadcast, an ack.
const secret = new TextEncoder().encode(process.env.AUTH_SECRET);
const historyLength = 10_000;

const joinSchema = z.strictObject({ room: z.string().min(1).max(64) });
const messageSchema = z.strictObject({
  room: z.string().min(1).max(64),
  cid: z.string().regex(/^[\x20-\x7e]{1,64}$/),
  text: z.string().min(1).max(4000),
  replyTo: z.string().optional(),
});

/** @type {Map<string, {head: number, log: object[], seen: Map<string, number>}>} */
const rooms = new Map();

function append(room, sender, { cid, text, replyTo }) {
  let history = rooms.get(room);
  if (!history) rooms.set(room, (history = { head: 0, log: [], seen: new Map() }));
  const key = `${sender.id} ${cid}`;
  const before = history.seen.get(key);
  if (before) return { seq: before, duplicate: true };
  const seq = ++history.head;
  const event = { type: 'message', id: randomUUID(), room, seq, sender, cid, text };
  if (replyTo) event.replyTo = replyTo;
  event.at = new Date().toISOString();
  history.log.push(event);
  history.seen.set(key, seq);
  if (history.log.length > 2 * historyLength) {
    const dropped = history.log.splice(0, historyLength);
    for (const old of dropped) history.seen.delete(`${old.sender.id} ${old.cid}`);
  }
  return { seq, event, duplicate: false };
}

const http = createServer((_request, response) => response.end('ready'));
const io = new Server(http, { transports: ['websocket'], serveClient: false });

io.use(async (socket, next) => {
  try {
    const { payload } = await jwtVerify(socket.handshake.auth.token, secret, {
      algorithms: ['HS256'],
    });
    socket.data.user = { id: payload.sub, name: payload.name };
    next();
  } catch {
    next(new Error('unauthorized'));
  }
});

io.on('connection', (socket) => {
  socket.on('join', (body, ack) => {
    const parsed = joinSchema.safeParse(body);
    if (!parsed.success) return ack?.({ error: 'bad request' });
    socket.join(parsed.data.room);
    ack?.({ ok: true });
  });
  socket.on('message', (body, ack) => {
    const parsed = messageSchema.safeParse(body);
    if (!parsed.success) return ack?.({ error: 'bad request' });
    const { room } = parsed.data;
    if (!socket.rooms.has(room)) return ack?.({ error: 'forbidden' });
    const { seq, event, duplicate } = append(room, socket.data.user, parsed.data);
    if (event) io.to(room).emit('message', event);
    ack?.({ seq, duplicate });
  });
});

http.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
