import { append, joinSchema, messageSchema, userOf } from './chat.mjs';

// The same job on Bun's own WebSockets, run by Bun: a token at connect, a checked message, a history in memory, a
// publish to a topic by Bun itself, an ack a message. A command is `[id, verb, body]`, its answer `[id, result]`.
const verbs = {
  join(ws, body) {
    const parsed = joinSchema.safeParse(body);
    if (!parsed.success) return { error: 'bad request' };
    ws.subscribe(parsed.data.room);
    return { ok: true };
  },
  message(ws, body) {
    const parsed = messageSchema.safeParse(body);
    if (!parsed.success) return { error: 'bad request' };
    const { room } = parsed.data;
    if (!ws.isSubscribed(room)) return { error: 'forbidden' };
    const { seq, event, duplicate } = append(room, ws.data.user, parsed.data);
    if (event) server.publish(room, JSON.stringify(event));
    return { seq, duplicate };
  },
};

const server = Bun.serve({
  port: Number(process.env.PORT),
  hostname: process.env.HOST,
  async fetch(request, server) {
    const { pathname, searchParams } = new URL(request.url);
    if (pathname !== '/chat') return new Response('ready');
    try {
      const user = await userOf(searchParams.get('token') ?? '');
      if (server.upgrade(request, { data: { user } })) return undefined;
      return new Response('an upgrade is expected', { status: 426 });
    } catch {
      return new Response('unauthorized', { status: 401 });
    }
  },
  websocket: {
    perMessageDeflate: false,
    idleTimeout: 960,
    message(ws, frame) {
      const [id, verb, body] = JSON.parse(frame);
      const result = verbs[verb]?.(ws, body) ?? { error: 'no such verb' };
      ws.send(JSON.stringify([id, result]));
    },
  },
});
process.on('SIGTERM', () => process.exit(0));
