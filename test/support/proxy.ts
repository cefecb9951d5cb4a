import { connect, createServer, type Server, type Socket } from 'node:net';

/** What flows one way through one connection: in order, late where it is delayed, kept where it is held. */
class Flow {
  private readonly kept: Buffer[] = [];
  /** Set where nothing goes this way any more, for good. */
  private lost = false;

  constructor(
    from: Socket,
    private readonly to: Socket,
    private readonly held: () => boolean,
    private readonly passed: () => void,
    delayMs: () => number,
  ) {
    let last = Promise.resolve();
    from.on('data', (chunk: Buffer) => {
      const arrival = new Promise<void>((resolve) => {
        if (delayMs() === 0) resolve();
        else setTimeout(resolve, delayMs());
      });
      last = Promise.all([last, arrival]).then(() => {
        if (this.lost) return;
        this.kept.push(chunk);
        this.drain();
      });
    });
  }

  lose(): void {
    this.lost = true;
    this.kept.length = 0;
  }

  drain(): void {
    while (this.kept.length > 0 && !this.held() && !this.to.destroyed) {
      const chunk = this.kept.shift();
      if (chunk) this.to.write(chunk);
      this.passed();
    }
  }
}

/**
 * A wire that a test can make late, silent, cut or dead. What is held is delivered when the wire is
 * whole again, as a process that was stopped goes on; nothing is ever dropped out of a stream that
 * goes on, which no network does.
 */
export class TcpProxy {
  private server: Server | undefined;
  private readonly sockets = new Set<Socket>();
  private readonly flows = new Set<Flow>();
  /** Connections whose ends hear nothing of each other, not even that the other is gone. */
  private readonly abandoned = new WeakSet<Socket>();
  private delayMs = 0;
  private holds: 'nothing' | 'replies' | 'everything' = 'nothing';
  /** How many more replies arrive where replies are held. */
  private replies = 0;
  port = 0;

  private constructor(private readonly target: number) {}

  /** To the server that `url` names, on this machine. */
  static async to(url: string): Promise<TcpProxy> {
    const proxy = new TcpProxy(Number(new URL(url).port));
    await proxy.listen();
    return proxy;
  }

  /** `url` by way of this proxy. */
  through(url: string): string {
    const made = new URL(url);
    made.port = String(this.port);
    return made.href;
  }

  get connections(): number {
    return this.sockets.size / 2;
  }

  /** Each chunk, both ways, arrives so much later. */
  delay(ms: number): void {
    this.delayMs = ms;
  }

  /** What the server answers does not arrive, from the reply after the next `passing` on; what it is told does. */
  swallowReplies(passing = 0): void {
    this.holds = 'replies';
    this.replies = passing;
  }

  /** Connections are taken, and then nothing goes either way. */
  hang(): void {
    this.holds = 'everything';
  }

  /** Every connection is reset, with what was on its way. New ones are served. */
  cut(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
    this.sockets.clear();
    this.flows.clear();
  }

  /**
   * What a cable that is pulled leaves: every connection stays open at both ends, and neither hears
   * anything again, not even its end. New ones are served.
   */
  abandon(): void {
    for (const flow of this.flows) flow.lose();
    this.flows.clear();
    for (const socket of this.sockets) this.abandoned.add(socket);
  }

  /** Nobody listens any more. */
  async refuse(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    const closed = server && new Promise((resolve) => server.close(resolve));
    this.cut();
    await closed;
  }

  /** Whole again: what was held is delivered. */
  async heal(): Promise<void> {
    this.delayMs = 0;
    this.holds = 'nothing';
    for (const flow of this.flows) flow.drain();
    if (!this.server) await this.listen();
  }

  async close(): Promise<void> {
    await this.refuse();
  }

  private listen(): Promise<void> {
    const server = createServer((client) => this.join(client));
    this.server = server;
    return new Promise((resolve, reject) => {
      server.once('error', reject);
      server.listen(this.port, '127.0.0.1', () => {
        const address = server.address();
        if (address && typeof address === 'object') this.port = address.port;
        resolve();
      });
    });
  }

  private join(client: Socket): void {
    const upstream = connect(this.target, '127.0.0.1');
    const late = () => this.delayMs;
    const flows = [
      new Flow(
        client,
        upstream,
        () => this.holds === 'everything',
        () => undefined,
        late,
      ),
      new Flow(
        upstream,
        client,
        () => this.holds === 'everything' || (this.holds === 'replies' && this.replies <= 0),
        () => (this.replies -= 1),
        late,
      ),
    ];
    for (const flow of flows) this.flows.add(flow);
    const end = (...ended: Socket[]) => {
      for (const socket of ended) {
        socket.destroy();
        this.sockets.delete(socket);
      }
      for (const flow of flows) this.flows.delete(flow);
    };
    for (const socket of [client, upstream]) {
      const gone = () => (this.abandoned.has(socket) ? end(socket) : end(client, upstream));
      this.sockets.add(socket);
      socket.on('error', gone).on('close', gone);
    }
  }
}
