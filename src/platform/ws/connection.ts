import type { Socket } from 'node:net';
import { AppError, errorTable } from '#libs/kernel';
import { type Disconnect, disconnects, type Unsubscribe } from '#libs/protocol';
import type { Caller } from '../http/caller.js';
import type { Answering, Flusher } from './flusher.js';
import { textFrame } from './frame.js';
import type { Parsed } from './parse.js';
import { Wire } from './wire.js';

/** Bytes a client may be behind before it is disconnected; resuming repairs it. */
export const maxQueuedBytes = 1024 * 1024;
/** Bytes behind which ephemeral events (typing, presence) are not sent at all. */
export const ephemeralQueuedBytes = 64 * 1024;
/** A client that does not read never answers the close: so long is what is queued kept for it, ms. */
const slowGraceMs = 1000;

/** What lives as long as a subscription; `end` is called once, however it ends. */
export interface Subscription {
  end(): void;
}

/** What the verified token of a connect said, and when it expires. */
export interface Identity extends Caller {
  /** Epoch seconds. */
  expiresAt: number;
}

/** Who is told of what a connection's client sends, and of its end. One for all connections. */
export interface ConnectionOwner {
  received(connection: Connection, message: string): void;
  gone(connection: Connection): void;
}

/**
 * One WebSocket connection. Writes whole frames straight to the socket it was upgraded from: a frame
 * shared by a thousand receivers is built once, and each turn's output is one write.
 *
 * Thousands are idle at a time: what only a busy one needs is made when it does, and nothing is a
 * closure or a timer of its own.
 */
export class Connection extends Wire implements Answering {
  identity: Identity | undefined;
  readonly subscriptions = new Map<string, Subscription>();
  awaitingPong = false;
  /** Whether the one connect has come. */
  admitted = false;
  /** Settles when the connect under way has been answered. */
  connecting: Promise<unknown> | undefined;
  /** Whether it has. */
  connected = false;
  /** Closed because its client does not read. */
  slow = false;
  /** Commands under way. */
  inFlight = 0;
  /** What came while as many as may be were under way. */
  waiting: Parsed[] | undefined;

  private replies = '';
  private frames: Buffer[] = [];
  private marked = false;
  private leaving: Disconnect | undefined;
  /** Last of what runs in order, per key. */
  private tails: Map<string, Promise<unknown>> | undefined;

  constructor(
    readonly id: string,
    readonly openedAt: number,
    socket: Socket,
    private readonly flusher: Flusher,
    private readonly owner: ConnectionOwner,
  ) {
    super(socket);
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
    if ((verb === 'connect') === this.admitted) return disconnects.badRequest;
    this.admitted = true;
    return undefined;
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
    this.mark();
    if (this.replies !== '') this.replies += `\n${text}`;
    else {
      this.replies = text;
      this.flusher.answer(this);
    }
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

  /** Runs `work` after what this connection asked for before under `key`; keeps a sender's messages to a room in order. */
  inOrder<T>(key: string, work: () => Promise<T>): Promise<T> {
    const tails = (this.tails ??= new Map<string, Promise<unknown>>());
    const before = tails.get(key);
    const result = before ? before.then(work) : work();
    const tail = result
      .catch(() => undefined)
      .then(() => {
        if (tails.get(key) === tail) tails.delete(key);
      });
    tails.set(key, tail);
    return result;
  }

  flush(): void {
    this.marked = false;
    if (this.closed) return;
    // Replies first: the answer to a subscribe precedes the publications that follow from it.
    if (this.replies !== '') this.frames.unshift(textFrame(this.replies));
    const [first] = this.frames;
    if (!first) return;
    const buffer = this.frames.length === 1 ? first : Buffer.concat(this.frames);
    this.replies = '';
    this.frames = [];
    this.socket.write(buffer);
    this.queued();
  }

  flushReplies(): void {
    if (this.closed || this.replies === '') return;
    const frame = textFrame(this.replies);
    this.replies = '';
    this.socket.write(frame);
    this.queued();
  }

  /** What was queued before is still sent. */
  close(why: Disconnect): void {
    if (this.closed) return;
    this.slow = why === disconnects.slow;
    if (!this.slow) this.flush();
    // A flush may have found the client to be slow.
    if (this.closed) return;
    this.replies = '';
    this.frames = [];
    this.sayGoodbye(why.code, why.reason, this.slow ? slowGraceMs : undefined);
  }

  /** As `close`, once what the client asked for is answered; nothing more is read from it until then. */
  handOver(why: Disconnect): void {
    if (this.closed) return;
    this.leaving = why;
    this.socket.pause();
    this.idle();
  }

  /** Called when nothing is under way any more. */
  idle(): void {
    if (this.leaving && this.inFlight === 0 && !this.waiting) this.close(this.leaving);
  }

  pause(): void {
    this.socket.pause();
  }

  resume(): void {
    if (this.socket.isPaused() && !this.leaving) this.socket.resume();
  }

  protected text(message: string): void {
    this.owner.received(this, message);
  }

  protected binary(): void {
    this.close(disconnects.badRequest);
  }

  protected queued(): void {
    if (this.socket.writableLength > maxQueuedBytes) this.close(disconnects.slow);
  }

  protected gone(): void {
    this.replies = '';
    this.frames = [];
    this.waiting = undefined;
    this.owner.gone(this);
    for (const channel of [...this.subscriptions.keys()]) this.endSubscription(channel);
  }

  private mark(): void {
    if (this.marked) return;
    this.marked = true;
    this.flusher.sink(this);
  }
}
