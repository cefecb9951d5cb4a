import type { ChildProcess } from 'node:child_process';
import { outside } from './outside.js';
import { freePort } from './ports.js';
import { freshStores } from './profile.js';
import { type Ended, ending, launch, removeDir, tempDir, type Variables } from './run.js';
import { until } from './until.js';

/** The key that the servers under test are given, and tests sign tokens with. */
export const authSecret = 'a key for tests only, of more than 32 bytes';

const defaults: Variables = {
  HOST: '127.0.0.1',
  AUTH_SECRET: authSecret,
  DEMO: 'off',
  RATE_LIMIT: 'off',
  DRAIN_SECONDS: '1',
  LOG_LEVEL: 'warn',
};

/** The built server as a child process on a free port, with a folder and stores of its own. */
export class TestServer {
  private child: ChildProcess | undefined;
  private ended: Promise<Ended> | undefined;
  private readonly leavings: (() => void)[] = [];

  private constructor(
    readonly port: number,
    readonly dir: string,
    private readonly stores: Variables,
    private variables: Variables,
  ) {}

  /** Resolves when the server says it is ready: a new one, or the deployment that the run is for. */
  static async start(variables: Variables = {}): Promise<TestServer> {
    if (outside) return new TestServer(outside.port, '', {}, variables);
    const server = new TestServer(await freePort(), tempDir(), await freshStores(), variables);
    await server.boot().catch(async (error: unknown) => {
      await server.dispose();
      throw error;
    });
    return server;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get api(): string {
    return `${this.url}/api/v1`;
  }

  get socket(): string {
    return `ws://127.0.0.1:${this.port}/connection/websocket`;
  }

  get pid(): number {
    const pid = this.child?.pid;
    if (pid === undefined) throw new Error('the server does not run');
    return pid;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && !this.child.killed;
  }

  /** What a command that works on this server's data has to be given. */
  get environment(): Variables {
    return { ...defaults, ...this.stores, ...this.variables, PORT: String(this.port) };
  }

  /** Starts again on the same stores and port. */
  async boot(variables: Variables = {}): Promise<void> {
    if (outside) return outside.boot(this.url);
    this.variables = { ...this.variables, ...variables };
    const child = launch(['serve'], this.dir, this.environment);
    this.child = child;
    this.ended = ending(child);
    let end: Ended | undefined;
    void this.ended.then((result) => (end = result));
    await until('the server is ready', async () => {
      if (end) throw new Error(`the server ended: ${JSON.stringify(end)}`);
      return fetch(`${this.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    });
  }

  /** Sends a signal and waits for the end. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    if (outside) return outside.end(signal);
    if (!this.ended) throw new Error('the server was never started');
    this.child?.kill(signal);
    return this.ended;
  }

  /** As an operator stops it. */
  stop(): Promise<Ended> {
    return this.end('SIGTERM');
  }

  /** As a machine that loses power to one process: nothing is told, nothing is flushed. */
  kill(): Promise<Ended> {
    return this.end('SIGKILL');
  }

  /** Done when the server is disposed of, however the tests went: what still waits keeps Jest alive. */
  afterwards(leaving: () => void): void {
    this.leavings.push(leaving);
  }

  /** For the end of a test file: whatever state it is in, leave nothing behind. */
  async dispose(): Promise<void> {
    for (const leave of this.leavings.splice(0)) leave();
    if (outside) return;
    await this.kill();
    removeDir(this.dir);
  }
}
