import { Centrifuge, type Options, type PublicationContext, type Subscription } from 'centrifuge';
import { WebSocket } from 'ws';
import type { Json } from './json.js';
import type { TestServer } from './server.js';
import { until } from './until.js';

export interface Heard extends PublicationContext {
  data: Json;
}

/** The official client, unmodified, with what it heard and a way to cut its wire. */
export class TestClient {
  readonly centrifuge: Centrifuge;
  /** Publications of the server-side channel `user:<id>`. */
  readonly personal: Heard[] = [];
  /** Codes of every time the connection was lost or refused. */
  readonly left: number[] = [];
  private readonly sockets: WebSocket[] = [];

  constructor(server: TestServer, token: string, options: Partial<Options> = {}) {
    const { sockets } = this;
    class Wire extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        sockets.push(this);
      }
    }
    this.centrifuge = new Centrifuge(server.socket, {
      token,
      websocket: Wire,
      minReconnectDelay: 100,
      maxReconnectDelay: 500,
      ...options,
    });
    server.afterwards(() => this.close());
    this.centrifuge.on('publication', (heard: Heard) => this.personal.push(heard));
    this.centrifuge.on('connecting', ({ code }) => this.left.push(code));
    this.centrifuge.on('disconnected', ({ code }) => this.left.push(code));
  }

  /** `left` without what the client began itself. */
  get lost(): number[] {
    return this.left.filter((code) => code >= 1000);
  }

  async connect(): Promise<this> {
    this.centrifuge.connect();
    await this.centrifuge.ready();
    return this;
  }

  /** The wire is cut: no close frame is sent, none is waited for. */
  cut(): void {
    this.sockets.at(-1)?.terminate();
  }

  async join(room: string): Promise<TestRoom> {
    const joined = new TestRoom(this.centrifuge.newSubscription(`room:${room}`));
    joined.subscription.subscribe();
    await joined.subscription.ready();
    return joined;
  }

  rpc(method: string, data: object): Promise<Json> {
    return this.centrifuge.rpc(method, data).then((answer) => answer.data as Json);
  }

  send(room: string, cid: string, text: string, more: object = {}): Promise<Json> {
    return this.rpc('message.send', { room, cid, text, ...more });
  }

  close(): void {
    this.centrifuge.disconnect();
  }
}

/** One room as one client sees it. */
export class TestRoom {
  /** What has an offset. */
  readonly log: Heard[] = [];
  /** What has none: typing. */
  readonly fleeting: Heard[] = [];
  /** One entry each time the subscription came into force. */
  readonly subscribed: { wasRecovering: boolean; recovered: boolean; epoch: string }[] = [];

  constructor(readonly subscription: Subscription) {
    subscription.on('publication', (heard: Heard) =>
      (heard.offset ? this.log : this.fleeting).push(heard),
    );
    subscription.on('subscribed', ({ wasRecovering, recovered, streamPosition }) =>
      this.subscribed.push({ wasRecovering, recovered, epoch: streamPosition?.epoch ?? '' }),
    );
  }

  get offsets(): (number | undefined)[] {
    return this.log.map(({ offset }) => offset);
  }

  get texts(): string[] {
    return this.log.map(({ data }) => data.text);
  }

  heard(count: number): Promise<true> {
    return until(`${count} publications are heard`, () => this.log.length >= count);
  }
}

/** The numbers from `first`, `count` of them. */
export const contiguous = (first: number, count: number): number[] =>
  Array.from({ length: count }, (_, index) => first + index);
