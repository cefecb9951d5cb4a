/** The newest events of a room as wire JSON, contiguous and bounded: what resumes are served from first. */
export class RecentEvents {
  private lines: string[] = [];
  private bytes = 0;

  /** @param last seq of the newest event, 0 before any. */
  constructor(
    public last: number,
    private readonly maxBytes = 256 * 1024,
    private readonly maxEvents = 2048,
  ) {}

  /** The next event: its seq is last + 1. */
  push(json: string): void {
    this.last += 1;
    this.lines.push(json);
    this.bytes += json.length;
    // Dropping half at a time keeps a push cheap.
    if (this.bytes > this.maxBytes || this.lines.length > this.maxEvents)
      this.drop(this.lines.length >> 1);
  }

  /** Every event after `seq`, or null where it no longer reaches back that far. */
  after(seq: number): readonly string[] | null {
    const missing = this.last - seq;
    if (missing > this.lines.length) return null;
    return missing === 0 ? [] : this.lines.slice(-missing);
  }

  private drop(count: number): void {
    for (const line of this.lines.splice(0, count)) this.bytes -= line.length;
  }
}
