import { randomBytes } from 'node:crypto';
import { connect } from 'node:net';

const replySeconds = 20;
/** All connections read into one buffer: what a chunk holds is used before the next is read. */
const buffer = Buffer.allocUnsafeSlow(256 * 1024);

/** A masked text frame (RFC 6455 §5.2), as a client has to send it. */
export function clientFrame(text) {
  const payload = Buffer.from(text);
  if (payload.length > 65_535) throw new Error('longer than a benchmark has to send');
  const mask = randomBytes(4);
  const header =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 255]);
  for (let i = 0; i < payload.length; i += 1) payload[i] ^= mask[i & 3];
  return Buffer.concat([header, mask, payload]);
}

/**
 * A WebSocket connection as little more than a TCP socket. While it is set up it can wait for a text;
 * after that every chunk goes to `onData` unread, so that the generator never is what is measured. A chunk
 * is valid during the call only.
 */
export class RawSocket {
  #heard = '';
  #waiting;
  /** @type {((chunk: Buffer) => void) | undefined} */
  onData;
  onLost = (_why) => undefined;

  constructor(port) {
    const callback = (length) => {
      this.#take(buffer.subarray(0, length));
      return true;
    };
    const onread = { buffer, callback };
    this.socket = connect({ host: '127.0.0.1', port, noDelay: true, onread });
    this.socket.on('error', (error) => this.onLost(error.message));
    this.socket.on('close', () => this.onLost('the server closed a connection'));
  }

  #take(chunk) {
    if (this.onData) return this.onData(chunk);
    this.#heard += chunk.toString('latin1');
    this.#waiting?.();
  }

  static async open(port, path) {
    const raw = new RawSocket(port);
    const key = randomBytes(16).toString('base64');
    raw.socket.write(
      `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nUpgrade: websocket\r\n` +
        `Connection: Upgrade\r\nSec-WebSocket-Key: ${key}\r\nSec-WebSocket-Version: 13\r\n\r\n`,
    );
    await raw.hears('HTTP/1.1 101');
    return raw;
  }

  /** Waits until `text` has come; only while `onData` is not set. */
  hears(text) {
    return new Promise((resolve, reject) => {
      const fail = (why) => reject(new Error(`${why}, waiting for ${text}: ${this.#heard}`));
      const timer = setTimeout(() => fail(`nothing in ${replySeconds} s`), replySeconds * 1000);
      const lost = this.onLost;
      const check = () => {
        const index = this.#heard.indexOf(text);
        if (index < 0) return;
        this.#heard = this.#heard.slice(index + text.length);
        clearTimeout(timer);
        this.#waiting = undefined;
        this.onLost = lost;
        resolve();
      };
      this.onLost = fail;
      this.#waiting = check;
      check();
    });
  }

  send(text) {
    this.socket.write(clientFrame(text));
  }

  /** Goes as it came: nobody is told. */
  drop() {
    this.onLost = () => undefined;
    this.socket.destroy();
  }
}

/** The rooms of a server on which a room is what is joined. */
export const namedRooms = async (_port, count) =>
  Array.from({ length: count }, (_, at) => (count === 1 ? 'lobby' : `room-${at}`));
