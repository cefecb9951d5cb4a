import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';

/** A process that runs a piece of JavaScript on the build, which is what a process of its own can run. */
export class Child {
  private output = '';
  private failure = '';
  private readonly process: ChildProcess;
  private readonly closed: Promise<number | null>;

  constructor(source: string, ...args: readonly string[]) {
    if (!existsSync('dist/libs/state/adapters/index.js'))
      throw new Error('there is no build to run: npm run build');
    this.process = spawn(process.execPath, ['--input-type=module', '-e', source, ...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.process.stdout?.on('data', (chunk: Buffer) => (this.output += chunk.toString()));
    this.process.stderr?.on('data', (chunk: Buffer) => (this.failure += chunk.toString()));
    this.closed = new Promise((resolve) => this.process.once('close', resolve));
  }

  /** Its lines so far that begin with `word`, without it. */
  lines(word: string): string[] {
    const whole = this.output.split('\n').slice(0, -1);
    return whole
      .filter((line) => line.startsWith(`${word} `))
      .map((line) => line.slice(word.length + 1));
  }

  /** Resolves once it has said this line. */
  said(line: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = () => this.output.split('\n').includes(line) && resolve();
      this.process.stdout?.on('data', look);
      void this.closed.then(() =>
        reject(new Error(`ended without saying "${line}": ${this.failure}`)),
      );
      look();
    });
  }

  tell(line: string): void {
    this.process.stdin?.write(`${line}\n`);
  }

  /** Everything it printed; rejects where it did not end well. */
  async done(): Promise<string> {
    const code = await this.closed;
    if (code !== 0) throw new Error(`ended with ${code}: ${this.failure}`);
    return this.output;
  }

  signal(name: 'SIGSTOP' | 'SIGCONT'): void {
    this.process.kill(name);
  }

  /** Resolves when it is gone, however that came. */
  async gone(): Promise<void> {
    await this.closed;
  }

  async kill(): Promise<void> {
    this.process.kill('SIGKILL');
    await this.closed;
  }
}
