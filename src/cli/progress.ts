/** Where progress goes: one line that is written over on a terminal, a line now and then elsewhere. */
export interface Output {
  isTTY?: boolean;
  write(text: string): unknown;
}

const terminalMs = 100;
const plainMs = 5000;

/** Progress of long work on standard error, so that standard output is the report's. */
export class Progress {
  private written = -Infinity;
  private open = false;

  constructor(
    private readonly output: Output,
    private readonly now: () => number = () => performance.now(),
  ) {}

  /** Where the work stands; most calls show nothing. */
  show(text: string): void {
    const now = this.now();
    if (now - this.written < (this.output.isTTY ? terminalMs : plainMs)) return;
    this.written = now;
    this.put(text);
  }

  /** A line that stays. */
  say(text: string): void {
    this.end();
    this.output.write(`${text}\n`);
  }

  /** Takes the line away that is written over. */
  end(): void {
    if (this.open) this.output.write('\r\x1b[K');
    this.open = false;
  }

  private put(text: string): void {
    if (!this.output.isTTY) {
      this.output.write(`${text}\n`);
      return;
    }
    this.open = true;
    this.output.write(`\r\x1b[K${text}`);
  }
}
