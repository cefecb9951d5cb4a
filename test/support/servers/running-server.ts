import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../ports.js';
import { pause, until } from '../until.js';
import { folderOf, removeLeftBehind, workingIn } from './left-behind.js';
import { give, identity } from './programs.js';
import type { ServerKind } from './server-kind.js';

/** How long a server may take to start or stop on a busy machine. */
const patienceMs = 60_000;

const mount = (dir: string, megabytes: number): void => {
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', dir]);
};

/** Whether this process may make a file system of a given size, which is root's to do. */
export function canMount(): boolean {
  const dir = mkdtempSync(join(tmpdir(), 'maxiaoke-mount-'));
  try {
    mount(dir, 1);
    execFileSync('umount', [dir]);
    return true;
  } catch {
    return false;
  } finally {
    rmSync(dir, { recursive: true });
  }
}

/** A server of one kind on a port and a folder of its own. */
export class RunningServer {
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();

  private constructor(
    private readonly kind: ServerKind,
    readonly dir: string,
    readonly port: number,
    private readonly durable: boolean,
    private readonly settings: readonly string[],
    private readonly mounted: boolean,
  ) {}

  /**
   * `durable: false` for one that is never killed; `settings` are further arguments of its program;
   * `megabytes` is the size of its disk, which takes a file system of its own.
   */
  static async start(
    kind: ServerKind,
    { durable = true, settings = [] as readonly string[], megabytes = 0 } = {},
  ): Promise<RunningServer> {
    if (kind.program() === undefined)
      throw new Error(`${kind.name} is not installed here: apt-get install ${kind.install}`);
    removeLeftBehind();
    const dir = mkdtempSync(folderOf(kind.name));
    if (megabytes > 0) mount(dir, megabytes);
    give(dir, kind.user);
    const server = new RunningServer(kind, dir, await freePort(), durable, settings, megabytes > 0);
    try {
      await kind.initialise?.(dir);
      await server.boot();
    } catch (error) {
      await server.dispose();
      throw error;
    }
    return server;
  }

  get url(): string {
    return this.kind.url(this.port);
  }

  get pid(): number | undefined {
    return this.child?.pid;
  }

  /** False before it is started, and after it ended, by itself too. */
  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && !this.child.signalCode;
  }

  private get log(): string {
    return `${this.dir}.log`;
  }

  /** Starts, or starts again, on the same folder and port; resolves when it answers. */
  async boot(): Promise<void> {
    const { program, args } = this.kind.launch(this.dir, this.port, this.durable);
    const log = openSync(this.log, 'a');
    const child = spawn(program, [...args, ...this.settings], {
      ...identity(this.kind.user),
      cwd: this.dir,
      stdio: ['ignore', log, log],
      // A terminal's Ctrl-C reaches the whole foreground group: the runner stops its servers itself.
      detached: true,
      env: { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: this.dir },
    });
    closeSync(log);
    this.child = child;
    this.ended = new Promise((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    child.unref();
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const answer = await this.kind.ready(this.url).then(
        () => null,
        (error: unknown) => error as Error,
      );
      if (!answer) return;
      const dead = child.exitCode !== null || child.signalCode !== null;
      if (dead || Date.now() > deadline)
        throw new Error(
          `${this.kind.name} did not start: ${answer.message}\n${readFileSync(this.log, 'utf8')}`,
        );
      await pause(50);
    }
  }

  /** As a machine that loses power to it: nothing is told or flushed, and nothing of it is left. */
  async kill(): Promise<void> {
    if (this.child === undefined) return;
    this.killNow();
    // Waiting for it keeps this process alive: a run that ended meanwhile would end as if all had passed.
    this.child.ref();
    await this.ended;
    // Once the first is gone, no more are made: one that was being made held its port.
    await until('all of its processes have ended', () => this.killNow() === 0);
  }

  /** @returns how many processes there were */
  private killNow(): number {
    const processes = workingIn(this.dir);
    if (this.running) this.child?.kill('SIGKILL');
    for (const id of processes) {
      try {
        process.kill(id, 'SIGKILL');
      } catch {
        // It has ended by itself.
      }
    }
    return processes.length;
  }

  /** As an operator stops it. */
  async stop(): Promise<void> {
    // Postgres waits for its clients at SIGTERM and cuts them off at SIGINT.
    this.child?.kill(this.kind.name === 'postgres' ? 'SIGINT' : 'SIGTERM');
    const timer = setTimeout(() => void this.kill(), patienceMs);
    await this.ended;
    clearTimeout(timer);
  }

  /** Stopped without ceremony, and nothing of it is left. */
  async dispose(): Promise<void> {
    await this.kill();
    this.remove();
  }

  /** The same where nothing can be waited for: at the end of the process that started it. */
  disposeNow(): void {
    this.killNow();
    this.remove();
  }

  private remove(): void {
    if (this.mounted) execFileSync('umount', ['--lazy', this.dir]);
    rmSync(this.dir, { recursive: true, force: true });
    rmSync(this.log, { force: true });
  }
}
