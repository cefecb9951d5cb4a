import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../../support/ports.js';
import { pause } from '../../support/until.js';
import type { ExitRecord } from '../record.js';

/** How long a replica may take to be ready once what it needs is there, and to stop, ms. */
const patienceMs = 45_000;
/** Pause before one that ended by itself is started again, as a supervisor would, ms. */
const respawnMs = 500;

/** One process of the built server, kept running as an orchestrator would. */
export class Replica {
  private child: ChildProcess | undefined;
  private ended: Promise<void> = Promise.resolve();
  private wanted = false;
  private asked: ExitRecord['asked'] = null;
  private served = false;

  private constructor(
    readonly number: number,
    readonly port: number,
    private readonly dir: string,
    private readonly variables: Readonly<Record<string, string>>,
    private readonly onExit: (exit: Omit<ExitRecord, 'at'>) => void,
  ) {}

  static async make(
    number: number,
    dir: string,
    variables: Readonly<Record<string, string>>,
    onExit: (exit: Omit<ExitRecord, 'at'>) => void,
  ): Promise<Replica> {
    mkdirSync(dir);
    return new Replica(number, await freePort(), dir, variables, onExit);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** Starts it; resolves when it says that it is ready. */
  async start(): Promise<void> {
    this.wanted = true;
    this.asked = null;
    this.spawn();
    const deadline = Date.now() + patienceMs;
    while (!(await this.ready())) {
      if (!this.wanted) return;
      if (Date.now() > deadline)
        throw new Error(`replica ${this.number} is not ready:\n${this.log.slice(-2000)}`);
      await pause(50);
    }
    this.served = true;
  }

  private get log(): string {
    return readFileSync(join(this.dir, 'log'), 'utf8');
  }

  async ready(): Promise<boolean> {
    const signal = AbortSignal.timeout(2000);
    return fetch(`${this.url}/health/ready`, { signal }).then(
      async (answer) => {
        await answer.arrayBuffer();
        return answer.ok;
      },
      () => false,
    );
  }

  /** SIGKILL: nothing is told, nothing is flushed. */
  kill(): Promise<void> {
    return this.end('kill', 'SIGKILL');
  }

  /** SIGTERM: it leaves in its own time; where it takes far too long it reports what it waits for, and is killed. */
  async terminate(): Promise<void> {
    const timers = [
      setTimeout(() => this.child?.kill('SIGUSR2'), patienceMs - 2000),
      setTimeout(() => this.child?.kill('SIGKILL'), patienceMs),
    ];
    await this.end('terminate', 'SIGTERM');
    timers.forEach(clearTimeout);
  }

  private async end(asked: 'kill' | 'terminate', signal: NodeJS.Signals): Promise<void> {
    this.wanted = false;
    this.asked = asked;
    this.child?.kill(signal);
    await this.ended;
  }

  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** For the end of the whole program: at once, and nothing is waited for. */
  killNow(): void {
    this.wanted = false;
    this.child?.kill('SIGKILL');
  }

  private spawn(): void {
    const log = openSync(join(this.dir, 'log'), 'a');
    const reporting = ['--report-on-signal', `--report-directory=${this.dir}`];
    const program = [join(process.cwd(), 'dist/src/cli.js'), 'serve'];
    const child = spawn(process.execPath, [...reporting, ...program], {
      cwd: this.dir,
      env: {
        PATH: process.env.PATH,
        HOME: this.dir,
        ...this.variables,
        PORT: String(this.port),
      },
      stdio: ['ignore', log, log],
      detached: true, // a terminal's Ctrl-C is for the run, which ends its replicas itself
    });
    closeSync(log);
    this.child = child;
    this.served = false;
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        const how = signal ?? `code ${code}`;
        this.onExit({ replica: this.number, asked: this.asked, served: this.served, how });
        if (this.wanted) setTimeout(() => this.wanted && this.spawn(), respawnMs);
        resolve();
      });
    });
  }
}
