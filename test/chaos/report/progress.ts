/** One line that is written over on a terminal, a line every ten seconds elsewhere. */
export class Progress {
  private readonly terminal = process.stderr.isTTY;
  private readonly timer: NodeJS.Timeout;

  constructor(line: () => string) {
    this.timer = setInterval(() => this.show(line()), this.terminal ? 500 : 10_000);
  }

  private show(text: string): void {
    process.stderr.write(this.terminal ? `\r\x1b[K${text}` : `${text}\n`);
  }

  end(): void {
    clearInterval(this.timer);
    if (this.terminal) process.stderr.write('\r\x1b[K');
  }
}
