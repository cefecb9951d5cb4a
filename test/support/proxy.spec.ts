import { connect, createServer, type Server, type Socket } from 'node:net';
import { TcpProxy } from './proxy.js';
import { freePort } from './ports.js';
import { until } from './until.js';

describe('a wire that a test can break', () => {
  const peers: Socket[] = [];
  let server: Server;
  let proxy: TcpProxy;

  beforeEach(async () => {
    const port = await freePort();
    server = createServer((socket) => {
      peers.push(socket);
      socket.on('data', (data: Buffer) => socket.write(data)).on('error', () => undefined);
    });
    await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
    proxy = await TcpProxy.to(`tcp://127.0.0.1:${port}`);
  });
  afterEach(async () => {
    await proxy.close();
    for (const peer of peers.splice(0)) peer.destroy();
    await new Promise((resolve) => server.close(resolve));
  });

  /** A client that is answered as long as the wire is whole. */
  const client = async () => {
    const socket = connect(proxy.port, '127.0.0.1');
    const seen = { text: '', closed: false, socket };
    socket.on('data', (data: Buffer) => (seen.text += data.toString()));
    socket.on('close', () => (seen.closed = true)).on('error', () => undefined);
    socket.write('hello');
    await until('the answer is there', () => seen.text === 'hello');
    return seen;
  };

  it('tells neither end that the other is gone where it is abandoned, and serves others', async () => {
    const lost = await client();
    const [peer] = peers;
    proxy.abandon();
    lost.socket.write('anybody?');
    const other = await client();
    expect({ text: lost.text, closed: lost.closed }).toEqual({ text: 'hello', closed: false });
    lost.socket.destroy();
    await until('the client is gone', () => lost.closed);
    other.socket.destroy();
    await until('the peer of the other hears of its end', () => peers[1]?.destroyed);
    expect(peer?.destroyed).toBe(false);
  });

  it('resets both ends where it is cut', async () => {
    const one = await client();
    proxy.cut();
    await until('both are gone', () => one.closed && peers[0]?.destroyed);
  });
});
