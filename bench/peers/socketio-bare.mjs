import { createServer } from 'node:http';
import { Server } from 'socket.io';

// Connections and nothing else: no token, no room, no handler. The first request is let go, as socket.io's page
// on memory advises.
const http = createServer((_request, response) => response.end('ready'));
const io = new Server(http, {
  transports: ['websocket'],
  perMessageDeflate: false,
  serveClient: false,
});
io.engine.on('connection', (raw) => (raw.request = null));

http.listen(Number(process.env.PORT), process.env.HOST);
process.on('SIGTERM', () => process.exit(0));
