import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { endWhenStalled } from './stalled.js';

describe('a response without end', () => {
  let server: Server;
  let over: Promise<string>;

  /** @param ms after which a client that takes nothing is given up */
  async function endless(ms: number): Promise<number> {
    let tell: (how: string) => void;
    over = new Promise((resolve) => (tell = resolve));
    server = createServer((_request, response) => {
      endWhenStalled(response, ms);
      const source = (function* () {
        try {
          for (;;) yield Buffer.alloc(64 * 1024);
        } finally {
          tell('let go');
        }
      })();
      pipeline(Readable.from(source), response, () => undefined);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return (server.address() as AddressInfo).port;
  }
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  it('lets go of what it is made of when its client stops reading', async () => {
    const client = connect(await endless(200), '127.0.0.1');
    client.on('error', () => undefined).write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(client, 'readable');
    expect(await over).toBe('let go');
    client.destroy();
  });

  it('lets go when its client leaves', async () => {
    const client = connect(await endless(60_000), '127.0.0.1');
    client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await once(client, 'data');
    client.destroy();
    expect(await over).toBe('let go');
  });
});
