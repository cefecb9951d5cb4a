import type { Socket } from 'node:net';
import type { WebSocket } from 'ws';
import { AppError, errorTable } from '#libs/kernel';
import { type Disconnect, disconnects, type Unsubscribe } from '#libs/protocol';
import type { Caller } from '../http/caller.js';
import type { Flushable, Flusher } from './flusher.js';
import { textFrame } from './frame.js';

/** Bytes a client may be behind before it is disconnected; resuming repairs it. */
export const maxQueuedBytes = 1024 * 1024;
/** Bytes behind which ephemeral events (typing) are not sent at all. */
export const ephemeralQueuedBytes = 64 * 1024;

export interface Command {
  /** 0 where the client wants no reply. */
  id: number;
  verb: string;
  params: unknown;
}

/** What lives as long as a subscription; `end` is called once, however it ends. */
export interface Subscription {
  end(): void;
}

/** What the verified token of a connect said, and when it expires. */
export interface Identity extends Caller {
  /** Epoch seconds. */
  expiresAt: number;
}

/**
 * One WebSocket connection. Writes whole frames straight to the socket it was upgraded from: a frame
 * shared by a thousand receivers is built once, and each turn's output is one write.
 */
export class Connection implements Flushable {
  identity: Identity | undefined;
  readonly subscriptions = new Map<string, Subscription>();
  /** The last time anything came from the client, ms. */
  lastSeen: number;
  awaitingPong = false;
  closed = false;
  /** Settles when the connect under way has been answered. */
  connecting: Promise<unknown> | undefined;
  /** Whether it has. */
  connected = false;
  /** Commands under way. */
  inFlight = 0;

  private replies = '';
  private frames: Buffer[] = [];
  private queued = false;
  private tail: Promise<unknown> = Promise.resolve();

  constructor(
    readonly id: string,
    readonly openedAt: number,
    readonly ws: WebSocket,
    private readonly socket: Socket,
    private readonly flusher: Flusher,
  ) {
    this.lastSeen = openedAt;
  }

  get queuedBytes(): number {
    return this.socket.writableLength;
  }

  get caller(): Identity {
    if (!this.identity) throw new AppError('unauthenticated', 'send connect first');
    return this.identity;
  }

  /** Whether `verb` may come now; else why the connection ends. The first command is connect, and only the first. */
  admit(verb: string): Disconnect | undefined {
    if ((verb === 'connect') === (this.connecting === undefined)) return undefined;
    return disconnects.badRequest;
  }

  reply(id: number, verb: string, result: object): void {
    this.replyText(id, verb, JSON.stringify(result));
  }

  /** `json` is the result's JSON text. */
  replyText(id: number, verb: string, json: string): void {
    if (id > 0) this.line(`{"id":${id},"${verb}":${json}}`);
  }

  fail(id: number, error: unknown): void {
    if (id <= 0) return;
    const known = error instanceof AppError ? error : undefined;
    const { protocol } = errorTable[known?.code ?? 'internal'];
    const message = known?.message ?? errorTable.internal.title;
    const temporary = protocol === 100 || protocol === 108 || protocol === 111;
    this.line(
      JSON.stringify({ id, error: { code: protocol, message, ...(temporary && { temporary }) } }),
    );
  }

  /** A line for this connection alone: a reply, a push, a ping. */
  line(text: string): void {
    if (this.closed) return;
    this.replies = this.replies === '' ? text : `${this.replies}\n${text}`;
    this.mark();
  }

  /** A frame shared with other connections. */
  frame(frame: Buffer, ephemeral = false): void {
    if (this.closed || (ephemeral && this.socket.writableLength > ephemeralQueuedBytes)) return;
    this.frames.push(frame);
    this.mark();
  }

  /** Bytes that can still be queued before the client counts as slow. */
  get spareBytes(): number {
    let queued = this.socket.writableLength + Buffer.byteLength(this.replies);
    for (const frame of this.frames) queued += frame.length;
    return maxQueuedBytes - queued;
  }

  unsubscribed(channel: string, why: Unsubscribe): void {
    this.endSubscription(channel);
    this.line(JSON.stringify({ push: { channel, unsubscribe: why } }));
  }

  endSubscription(channel: string): void {
    const subscription = this.subscriptions.get(channel);
    this.subscriptions.delete(channel);
    subscription?.end();
  }

  /** Runs `work` after what this connection asked for before; keeps a sender's messages in order. */
  inOrder<T>(work: () => Promise<T>): Promise<T> {
    const result = this.tail.then(work);
    this.tail = result.catch(() => undefined);
    return result;
  }

  flush(): void {
    this.queued = false;
    if (this.closed) return;
    // Replies first: the answer to a subscribe precedes the publications that follow from it.
    if (this.replies !== '') this.frames.unshift(textFrame(this.replies));
    const [first] = this.frames;
    if (!first) return;
    const buffer = this.frames.length === 1 ? first : Buffer.concat(this.frames);
    this.replies = '';
    this.frames = [];
    this.socket.write(buffer);
    if (this.socket.writableLength > maxQueuedBytes) this.close(disconnects.slow);
  }

  /** What was queued before is still sent. */
  close(why: Disconnect): void {
    if (this.closed) return;
    if (why !== disconnects.slow) this.flush();
    this.closed = true;
    this.replies = '';
    this.frames = [];
    this.ws.close(why.code, why.reason);
    // A client that does not read never answers the close: do not keep what is queued for it.
    if (why === disconnects.slow) setTimeout(() => this.ws.terminate(), 1000).unref();
  }

  /** Called once, when the socket is gone. */
  ended(): void {
    this.closed = true;
    for (const channel of [...this.subscriptions.keys()]) this.endSubscription(channel);
  }

  private mark(): void {
    if (this.queued) return;
    this.queued = true;
    this.flusher.sink(this);
  }
}
