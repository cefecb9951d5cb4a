import { isUtf8 } from 'node:buffer';
import type { Socket } from 'node:net';
import { maxFrameBytes } from '#libs/protocol';

/** A client that was told goodbye has so long to say it too, ms; then its socket is destroyed. */
const goodbyeMs = 5000;
/** Pieces of an incomplete frame that are kept apart before they are put together. */
const maxPieces = 32;

const wireOf = Symbol('wire');
type Wired = Socket & { [wireOf]?: Wire };

// One function for all sockets: closures per connection would be most of what an idle one costs.
function onData(this: Wired, chunk: Buffer): void {
  this[wireOf]?.read(chunk);
}
function onEnd(this: Wired): void {
  this[wireOf]?.leftAlone();
}
function onError(): void {
  // 'close' follows, and tells what there is to tell.
}
function onClose(this: Wired): void {
  this[wireOf]?.lost();
}

/**
 * The server's end of a WebSocket after its handshake, RFC 6455: reads frames of the client, answers
 * pings, and closes. Messages are texts of at most `maxFrameBytes`; extensions are not negotiated.
 *
 * What a client breaks is told by the close code: 1002 framing, 1007 not UTF-8, 1009 too large.
 */
export abstract class Wire {
  /** A close frame was sent or the socket is gone: nothing is sent or delivered any more. */
  closed = false;
  /** When a closed wire's socket is destroyed, on the clock of `performance.now()`. */
  private closeBy = 0;
  /** Nothing that comes is looked at any more. */
  private deaf = false;
  private held: Buffer[] | undefined;
  private heldBytes = 0;
  /** Bytes of `held` without which there is nothing to do. */
  private wanted = 0;
  private fragments: Buffer[] | undefined;
  private fragmentBytes = 0;

  constructor(protected readonly socket: Socket) {}

  /** A whole text message. */
  protected abstract text(message: string): void;
  /** A binary message began, which this server has no use for. */
  protected abstract binary(): void;
  /** Something was queued for the client without being asked to. */
  protected abstract queued(): void;
  /** The socket is gone; called once. */
  protected abstract gone(): void;

  /** @param head what came behind the handshake. */
  start(head: Buffer): void {
    const socket = this.socket as Wired;
    socket[wireOf] = this;
    socket.setTimeout(0);
    socket.setNoDelay(true);
    if (head.length > 0) socket.unshift(head);
    socket.on('close', onClose).on('error', onError).on('end', onEnd).on('data', onData);
  }

  /** Sends a close frame behind what is queued. `graceMs` is for the client to answer it. */
  protected sayGoodbye(code: number, reason: string, graceMs = goodbyeMs): void {
    this.closed = true;
    this.closeBy = performance.now() + graceMs;
    this.socket.write(closeFrame(code, reason));
    // A paused socket would not hear the answer.
    this.socket.resume();
  }

  /** Destroys the socket of a client that does not answer a goodbye. */
  expire(now: number): void {
    if (this.closed && now > this.closeBy) this.terminate();
  }

  terminate(): void {
    this.socket.destroy();
  }

  /** For `onClose`. */
  lost(): void {
    this.closed = true;
    this.deaf = true;
    this.gone();
  }

  /** For `onEnd`: the client went without a close frame. */
  leftAlone(): void {
    if (!this.closed) this.closeBy = performance.now() + goodbyeMs;
    this.closed = true;
    this.end();
  }

  /** For `onData`. */
  read(chunk: Buffer): void {
    if (this.deaf) return;
    const data = this.held === undefined ? chunk : this.joined(this.held, chunk);
    if (data === undefined) return;
    let at = 0;
    while (at < data.length) {
      const size = frameSize(data, at);
      const left = data.length - at;
      if (left >= 2) {
        const code = breach(data, at, size, this.fragments !== undefined, this.fragmentBytes);
        if (code !== 0) return this.break(code);
      }
      if (size > left) return this.hold(at === 0 ? data : Buffer.from(data.subarray(at)), size);
      this.take(data, at, size);
      if (this.deaf) return;
      at += size;
    }
  }

  private hold(data: Buffer, wanted: number): void {
    this.held = [data];
    this.heldBytes = data.length;
    this.wanted = wanted;
  }

  private joined(held: Buffer[], chunk: Buffer): Buffer | undefined {
    held.push(chunk);
    this.heldBytes += chunk.length;
    if (this.heldBytes < this.wanted) {
      if (held.length >= maxPieces) this.held = [Buffer.concat(held)];
      return undefined;
    }
    this.held = undefined;
    return Buffer.concat(held);
  }

  /** One whole frame that `breach` found nothing against. */
  private take(data: Buffer, at: number, size: number): void {
    const first = data[at] ?? 0;
    const payload = unmasked(data, at, size);
    const opcode = first & 0x0f;
    if (opcode === 0x8) return this.goodbye(payload);
    if (opcode === 0x9) return this.ping(payload);
    if (opcode === 0xa || this.closed) return;
    if (opcode === 0x2) return this.binary();
    if (opcode === 0x1 && first & 0x80) return this.message(payload);
    const fragments = (this.fragments ??= []);
    // A copy: the rest of the chunk is not kept for it.
    fragments.push(Buffer.from(payload));
    this.fragmentBytes += payload.length;
    if (!(first & 0x80)) {
      if (fragments.length >= maxPieces) this.fragments = [Buffer.concat(fragments)];
      return;
    }
    this.fragments = undefined;
    this.fragmentBytes = 0;
    this.message(Buffer.concat(fragments));
  }

  private message(payload: Buffer): void {
    if (isUtf8(payload)) this.text(payload.toString());
    else this.break(1007);
  }

  private ping(payload: Buffer): void {
    if (this.closed) return;
    this.socket.write(controlFrame(0xa, payload));
    this.queued();
  }

  private goodbye(payload: Buffer): void {
    const code = payload.length === 0 ? 1000 : payload.length === 1 ? 0 : payload.readUInt16BE(0);
    if (!mayBeSent(code)) return this.break(1002);
    if (!isUtf8(payload.subarray(2))) return this.break(1007);
    if (!this.closed) this.sayGoodbye(code, '');
    this.end();
  }

  private break(code: number): void {
    if (!this.closed) this.sayGoodbye(code, '');
    this.end();
  }

  /** What is queued still leaves; what comes is read, so that it does not reset the connection, and dropped. */
  private end(): void {
    this.deaf = true;
    this.held = undefined;
    this.fragments = undefined;
    this.socket.end();
  }
}

/** Bytes of the frame at `at`, or of as much of its header as says more, where that is not all there. */
function frameSize(data: Buffer, at: number): number {
  const left = data.length - at;
  if (left < 2) return 2;
  const length = (data[at + 1] ?? 0) & 0x7f;
  if (length < 126) return 6 + length;
  if (length === 126) return left < 4 ? 4 : 8 + data.readUInt16BE(at + 2);
  return left < 10 ? 10 : 14 + data.readUInt32BE(at + 2) * 2 ** 32 + data.readUInt32BE(at + 6);
}

/** The close code that a client's frame deserves, 0 where it may be sent. The frame need not be all there. */
function breach(
  data: Buffer,
  at: number,
  size: number,
  inFragments: boolean,
  fragmentBytes: number,
): number {
  const first = data[at] ?? 0;
  const second = data[at + 1] ?? 0;
  const opcode = first & 0x0f;
  // Reserved bits belong to extensions; a client masks.
  if (first & 0x70 || !(second & 0x80)) return 1002;
  if (opcode >= 0x8) {
    return opcode > 0xa || !(first & 0x80) || (second & 0x7f) > 125 ? 1002 : 0;
  }
  if (opcode > 0x2 || (opcode === 0) !== inFragments) return 1002;
  return payloadLength(second, size) + fragmentBytes > maxFrameBytes ? 1009 : 0;
}

/** 0 where the header does not say yet. */
const payloadLength = (second: number, size: number): number => {
  const length = second & 0x7f;
  return length < 126 ? length : Math.max(0, size - (length === 126 ? 8 : 14));
};

/** In place. */
function unmasked(data: Buffer, at: number, size: number): Buffer {
  const length = (data[at + 1] ?? 0) & 0x7f;
  const from = at + (length < 126 ? 6 : length === 126 ? 8 : 14);
  const end = at + size;
  for (let i = from, mask = from - 4, n = 0; i < end; i += 1, n = (n + 1) & 3)
    data[i] = (data[i] ?? 0) ^ (data[mask + n] ?? 0);
  return data.subarray(from, end);
}

/** RFC 6455 §7.4: codes that may stand in a close frame. */
const mayBeSent = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) ||
  (code >= 3000 && code <= 4999);

/** `payload` has at most 125 bytes. */
function controlFrame(opcode: number, payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0x80 | opcode, payload.length]), payload]);
}

function closeFrame(code: number, reason: string): Buffer {
  const payload = Buffer.from(`  ${reason}`);
  payload.writeUInt16BE(code, 0);
  return controlFrame(0x8, payload);
}
