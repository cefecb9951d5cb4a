// The same job on socket.io: authenticated connections, validated messages, an in-memory history
// that recognises repeats, broadcast to the room, acknowledgement to the sender.
import { createServer } from 'node:http';
import { jwtVerify } from 'jose';
import { Server } from 'socket.io';
import { z } from 'zod';

const key = new TextEncoder().encode(process.env.AUTH_SECRET);
const message = z.strictObject({
  cid: z.string().min(1).max(64),
  text: z.string().min(1).max(4000),
});
const http = createServer();
const io = new Server(http, { transports: ['websocket'], perMessageDeflate: false });
const history = [];
const seqOf = new Map();

io.use((socket, next) => {
  jwtVerify(socket.handshake.auth.token, key).then(({ payload }) => {
    socket.data.user = payload.sub;
    next();
  }, next);
});

io.on('connection', (socket) => {
  socket.on('join', (room, ack) => {
    socket.join(room);
    ack();
  });
  socket.on('message', (given, ack) => {
    const parsed = message.safeParse(given);
    if (!parsed.success) return ack({ error: parsed.error.message });
    const { cid, text } = parsed.data;
    const id = `${socket.data.user} ${cid}`;
    if (seqOf.has(id)) return ack({ seq: seqOf.get(id) });
    const seq = history.length + 1;
    const sender = { id: socket.data.user, name: socket.data.user };
    const event = {
      type: 'message',
      seq,
      room: 'lobby',
      sender,
      cid,
      text,
      at: new Date().toISOString(),
    };
    history.push(event);
    seqOf.set(id, seq);
    io.to('lobby').emit('event', event);
    ack({ seq });
  });
});

http.listen(Number(process.env.PORT), '127.0.0.1');
