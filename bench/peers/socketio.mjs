import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { Server } from 'socket.io';
import { append, joinSchema, messageSchema, openStore, userOf } from './chat.mjs';

// The job that Maxiaoke's chat does, written the way socket.io's guide has it: a token at connect,
// membership, a validated message, an append to history, a broadcast, an ack. WebSocket alone, no
// compression, ws with its native add-on, the first request let go: as its pages on performance and memory advise.
const { STORE, STORE_URL, REDIS_URL, PORT, HOST } = process.env;
const write = STORE && (await openStore(STORE, STORE_URL));

const http = createServer((_request, response) => response.end('ready'));
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
});
io.engine.on('connection', (raw) => (raw.request = null));

if (REDIS_URL) {
  const { createAdapter } = await import('@socket.io/redis-adapter');
  const { Redis } = createRequire(new URL('../../package.json', import.meta.url))('ioredis');
  io.adapter(createAdapter(new Redis(REDIS_URL), new Redis(REDIS_URL)));
}

io.use(async (socket, next) => {
  try {
    socket.data.user = await userOf(socket.handshake.auth.token);
    next();
  } catch {
    next(new Error('unauthorized'));
  }
});

io.on('connection', (socket) => {
  const broadcast = (room, { seq, event, duplicate }, ack) => {
    if (event) io.to(room).emit('message', event);
    ack?.({ seq, duplicate });
  };
  socket.on('join', async (body, ack) => {
    const parsed = joinSchema.safeParse(body);
    if (!parsed.success) return ack?.({ error: 'bad request' });
    await socket.join(parsed.data.room);
    ack?.({ ok: true });
  });
  socket.on('message', (body, ack) => {
    const parsed = messageSchema.safeParse(body);
    if (!parsed.success) return ack?.({ error: 'bad request' });
    const { room } = parsed.data;
    if (!socket.rooms.has(room)) return ack?.({ error: 'forbidden' });
    if (!write) return broadcast(room, append(room, socket.data.user, parsed.data), ack);
    write(room, socket.data.user, parsed.data).then(
      (written) => broadcast(room, written, ack),
      (error) => {
        console.error(error.message);
        ack?.({ error: 'not stored' });
      },
    );
  });
});

http.listen(Number(PORT), HOST);
process.on('SIGTERM', () => process.exit(0));
