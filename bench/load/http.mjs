// Keep-alive connections that each have one request unanswered at a time. Every answer to the same
// request is as long as the first, which alone is read: the rest is counted in bytes.
import { connect } from 'node:net';
import { work } from '../lib/load.mjs';

const secondsAtMost = 120;

/** One connection; `done(error?)` is called for each answer that is all there. */
class Connection {
  done = () => undefined;
  #missing = 0;

  constructor(socket, { request, length, statusLine }) {
    Object.assign(this, { socket, request, length, statusLine: Buffer.from(statusLine) });
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('close', () => this.done(new Error('a connection was closed')));
  }

  send() {
    this.#missing = this.length;
    this.socket.write(this.request);
  }

  #take(chunk) {
    const { statusLine } = this;
    const first = this.#missing === this.length;
    this.#missing -= chunk.length;
    if (this.#missing < 0) this.done(new Error('an answer is longer than the first'));
    else if (first && statusLine.compare(chunk, 0, statusLine.length) !== 0)
      this.done(new Error(`unexpected: ${chunk.toString('latin1', 0, 100)}`));
    else if (this.#missing === 0) this.done();
  }
}

/** Reads one answer whole. */
function ask(socket, request) {
  return new Promise((resolve, reject) => {
    let got = Buffer.alloc(0);
    const onData = (chunk) => {
      got = Buffer.concat([got, chunk]);
      const end = got.indexOf('\r\n\r\n');
      if (end < 0) return;
      const head = got.toString('latin1', 0, end);
      const length = end + 4 + Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0);
      if (got.length < length) return;
      socket.off('data', onData);
      const [statusLine] = head.split('\r\n', 1);
      const etag = /^etag: (.*)$/im.exec(head)?.[1];
      resolve({ length, statusLine, head, etag, body: got.toString('utf8', end + 4) });
    };
    socket.on('data', onData).once('error', reject);
    socket.write(request);
  });
}

const open = (port) =>
  new Promise((resolve, reject) => {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true }, () => resolve(socket));
    socket.once('error', reject);
  });

/** Checks the first answer, and gives what to repeat and how long its answer is. */
async function firstAnswer(socket, { port, path, status, token, slugs }) {
  const lines = [`GET ${path} HTTP/1.1`, `Host: 127.0.0.1:${port}`, 'Accept: application/json'];
  if (token) lines.push(`Authorization: Bearer ${token}`);
  const asked = (...more) => [...lines, ...more, '', ''].join('\r\n');
  const plain = await ask(socket, asked());
  if (!plain.statusLine.includes(' 200 ')) throw new Error(plain.head);
  const read = JSON.parse(plain.body);
  const got = (read.items ?? [read]).map(({ slug }) => slug);
  if (got.join() !== slugs.join()) throw new Error(`other courses than agreed on: ${got}`);
  if (!plain.etag || !/^x-request-id: .+$/im.test(plain.head)) throw new Error(plain.head);
  if (status === 200) return { request: asked(), ...plain };
  const request = asked(`If-None-Match: ${plain.etag}`);
  const conditional = await ask(socket, request);
  if (!conditional.statusLine.includes(' 304 ') || conditional.body !== '')
    throw new Error(conditional.head);
  return { request, ...conditional };
}

/** Sends `count` requests over all connections; done when each is answered. */
function exchange(connections, count) {
  const began = performance.now();
  let unsent = count;
  let unanswered = count;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('not done in time')), secondsAtMost * 1000);
    for (const connection of connections) {
      const send = () => {
        if (unsent-- > 0) connection.send();
      };
      connection.done = (error) => {
        if (error) return reject(error);
        if (--unanswered > 0) return send();
        clearTimeout(timer);
        return resolve({ seconds: (performance.now() - began) / 1000 });
      };
      send();
    }
  });
}

await work(async ({ ports: [port], ...given }) => {
  const settings = { port, ...given };
  const { connections: count, warmUp, requests } = settings;
  const sockets = await Promise.all(Array.from({ length: count }, () => open(port)));
  const first = await firstAnswer(sockets[0], settings);
  const connections = sockets.map((socket) => new Connection(socket, first));
  await exchange(connections, warmUp);
  return async () => ({ ...(await exchange(connections, requests)), bytes: first.length });
});
