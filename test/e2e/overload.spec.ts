import { WebSocket } from 'ws';
import { contiguous, TestClient } from '../support/client.js';
import { call, callRaw } from '../support/http.js';
import { external } from '../support/people.js';
import { TestServer } from '../support/server.js';
import { until } from '../support/until.js';

const long = 'x'.repeat(4000);

/** A client that lets its socket fill up; the official one always reads. */
class Lagging {
  readonly lines: string[] = [];
  code: number | undefined;

  private constructor(private readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.lines.push(...data.toString().split('\n')));
    socket.on('close', (code) => (this.code = code));
    socket.on('error', () => undefined);
  }

  static async join(server: TestServer, user: string): Promise<Lagging> {
    const socket = new WebSocket(server.socket);
    await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
    const lagging = new Lagging(socket);
    server.afterwards(() => socket.terminate());
    lagging.send({ id: 1, connect: { token: (await external(user)).token } });
    lagging.send({ id: 2, subscribe: { channel: 'room:lobby' } });
    await until('it is in the room', () => lagging.lines.some((line) => line.includes('"id":2')));
    return lagging;
  }

  send(...commands: object[]): void {
    this.socket.send(commands.map((command) => JSON.stringify(command)).join('\n'));
  }

  stopReading(): void {
    this.socket.pause();
  }

  readOn(): void {
    this.socket.resume();
  }
}

describe('under load', () => {
  const servers: TestServer[] = [];
  const start = async (variables: Record<string, string> = {}) => {
    const server = await TestServer.start(variables);
    servers.push(server);
    return server;
  };
  const client = async (server: TestServer, user: string) =>
    new TestClient(server, (await external(user)).token).connect();
  const metric = async (server: TestServer, name: string) => {
    const { text } = await callRaw(server, 'GET', '/metrics');
    const line = text.split('\n').find((one) => one.startsWith(`${name} `));
    return Number(line?.split(' ').at(-1));
  };
  /** Sends until `enough`, some at a time; gives how many were stored. */
  const flood = async (sender: TestClient, enough: () => boolean | Promise<boolean>) => {
    let sent = 0;
    while (!(await enough())) {
      await Promise.all(
        contiguous(sent, 200).map((n) => sender.send('lobby', `f${n}`, `${n} ${long.slice(8)}`)),
      );
      sent += 200;
      if (sent > 20_000) throw new Error('the queues take all there is');
    }
    return sent;
  };
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
  });

  it('closes a client that does not read with 3008, and nobody else misses anything', async () => {
    const server = await start();
    const [sender, reader] = [await client(server, 'ada'), await client(server, 'lin')];
    const room = await reader.join('lobby');
    const lagging = await Lagging.join(server, 'slow');
    lagging.stopReading();
    const slow = 'maxiaoke_slow_closed_total{bound="connection"}';
    const sent = await flood(sender, async () => (await metric(server, slow)) > 0);
    await room.heard(sent);
    expect(room.offsets).toEqual(contiguous(room.offsets[0] ?? 0, sent));
    expect(reader.lost).toEqual([]);
    lagging.readOn();
    await until('it ends', () => lagging.code !== undefined);
    expect([1006, 3008]).toContain(lagging.code);
    expect(await metric(server, 'maxiaoke_connections')).toBe(2);
  });

  it('lets no new connection in when the memory is full, says when to come back, and serves on', async () => {
    // Less than any process of it takes.
    const server = await start({ MEMORY_LIMIT_MB: '64' });
    const answer = await callRaw(server, 'GET', '/connection/websocket', {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    });
    expect(answer.status).toBe(503);
    expect(answer.headers.get('retry-after')).toBe('5');
    expect((await call(server, 'GET', '/courses')).status).toBe(200);
    expect(
      await metric(server, 'maxiaoke_connections_refused_total{reason="memory"}'),
    ).toBeGreaterThan(0);
  });

  it('answers every command of one frame, also where they are more than may be under way', async () => {
    const server = await start();
    const one = await Lagging.join(server, 'busy');
    const ids = contiguous(3, 1000);
    one.send(...ids.map((id) => ({ id, unsubscribe: { channel: 'room:x' } })));
    one.send({ id: 5000, presence_stats: { channel: 'room:lobby' } });
    const answered = () => one.lines.map((line) => (JSON.parse(line) as { id?: number }).id ?? 0);
    await until('the last is answered', () => answered().includes(5000));
    expect(answered().filter((id) => id >= 3 && id < 5000)).toEqual(ids);
  });
});
