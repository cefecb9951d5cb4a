import { WebSocket } from 'ws';
import { disconnects } from '#libs/protocol';
import { patienceMs } from '../support/until.js';
import type { Closer, Command } from './frames.js';

/** What docs/protocol.md lists, and nothing else may come. Not 100: input never is an internal error. */
const errorCodes = new Set([101, 102, 103, 104, 107, 108, 109, 111, 112]);
export const closeCodes = new Set<number>([
  1002,
  1007,
  1009,
  ...Object.values(disconnects).map(({ code }) => code),
]);

interface Reply {
  id?: number;
  push?: object;
  error?: { code: number; message: string };
}

/** One hostile connection: every answer it got, and how it ended. */
export class Session {
  private readonly replies = new Map<number, Reply[]>();
  private readonly socket: WebSocket;
  private wake: () => void = () => undefined;
  private nextId = 1;
  closed: number | undefined;

  private constructor(url: string) {
    this.socket = new WebSocket(url, { skipUTF8Validation: true });
    this.socket.on('error', () => undefined);
    this.socket.on('close', (code) => {
      this.closed = code;
      this.wake();
    });
    this.socket.on('message', (data: Buffer) => this.take(data.toString()));
  }

  static async open(url: string): Promise<Session> {
    const session = new Session(url);
    await new Promise((resolve, reject) => {
      session.socket.once('open', resolve);
      session.socket.once('error', reject);
    });
    return session;
  }

  async connect(token: string): Promise<void> {
    await this.answers([{ connect: { token } }]);
  }

  /** Sends all at once, one a frame or all in one, and waits until each has its answer. */
  async answers(commands: readonly Command[], inOneFrame = false): Promise<Reply[]> {
    const lines = commands.map((command) => {
      const id = this.nextId++;
      return { id, line: JSON.stringify({ ...command, id }) };
    });
    if (inOneFrame) this.socket.send(lines.map(({ line }) => line).join('\n'));
    else for (const { line } of lines) this.socket.send(line);
    const missing = () => lines.filter(({ id }) => !this.replies.has(id));
    await this.wait(() => missing().length === 0 || this.closed !== undefined);
    if (missing().length > 0) {
      const [first] = missing();
      throw new Error(
        `closed with ${this.closed} where an answer was due to ${first?.line.slice(0, 1500)}`,
      );
    }
    return lines.flatMap(({ id, line }) => {
      const replies = this.replies.get(id) ?? [];
      if (replies.length !== 1)
        throw new Error(`${replies.length} answers to ${line.slice(0, 1500)}`);
      for (const { error } of replies) {
        if (error && !errorCodes.has(error.code)) {
          throw new Error(`${JSON.stringify(error)} is no answer to ${line.slice(0, 1500)}`);
        }
      }
      return replies;
    });
  }

  /** Sends a command to a server that may end the connection instead of answering. */
  async reaction(command: Command): Promise<'answered' | number> {
    const id = this.nextId++;
    this.socket.send(JSON.stringify({ ...command, id }));
    await this.wait(() => this.replies.has(id) || this.closed !== undefined);
    return this.closed ?? 'answered';
  }

  /** Sends what ends a connection, and gives the code it ended with. */
  async ending({ data, binary }: Closer): Promise<number> {
    this.socket.send(data, { binary });
    await this.wait(() => this.closed !== undefined);
    return this.closed ?? 0;
  }

  /** Bytes that are no WebSocket frame at all. */
  async endingRaw(bytes: Buffer): Promise<number> {
    const { _socket: raw } = this.socket as unknown as { _socket: { write(data: Buffer): void } };
    raw.write(bytes);
    await this.wait(() => this.closed !== undefined);
    return this.closed ?? 0;
  }

  leave(): void {
    this.socket.terminate();
  }

  private take(frame: string): void {
    for (const line of frame.split('\n')) {
      const reply = JSON.parse(line) as Reply;
      if (reply.id !== undefined) {
        this.replies.set(reply.id, [...(this.replies.get(reply.id) ?? []), reply]);
      }
    }
    this.wake();
  }

  private async wait(done: () => boolean): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    const silence = new Promise<never>((_, reject) => {
      patience = setTimeout(
        () => reject(new Error('the server neither answered nor closed')),
        patienceMs,
      );
    });
    try {
      while (!done()) {
        await Promise.race([new Promise<void>((resolve) => (this.wake = resolve)), silence]);
      }
    } finally {
      clearTimeout(patience);
    }
  }
}
