const usual = { characters: 256 * 1024, events: 2048 };
/** While clients resume from further back: more than one answer may hold. */
const held = { characters: 1024 * 1024, events: 8192 };

/** The newest events of a room as wire JSON, contiguous and bounded: what resumes are served from. */
export class RecentEvents {
  private lines: string[] = [];
  private bounds = usual;
  characters = 0;

  /** @param last seq of the newest event, 0 before any. */
  constructor(public last: number) {}

  /** seq of the oldest event that is here; last + 1 where none is. */
  get first(): number {
    return this.last - this.lines.length + 1;
  }

  /** The next event: its seq is last + 1. */
  push(json: string): void {
    this.last += 1;
    this.lines.push(json);
    this.characters += json.length;
    if (this.characters > this.bounds.characters || this.lines.length > this.bounds.events)
      this.drop();
  }

  /** Older events, up to first - 1: as many of them as there is room for are kept until `settle`. */
  prepend(lines: readonly string[]): void {
    this.bounds = held;
    let { characters } = this;
    let from = lines.length;
    while (from > 0 && characters + (lines[from - 1]?.length ?? 0) <= held.characters) {
      from -= 1;
      characters += lines[from]?.length ?? 0;
    }
    this.lines = [...lines.slice(from), ...this.lines];
    this.characters = characters;
  }

  /** Back to the usual bounds. */
  settle(): void {
    this.bounds = usual;
    while (this.characters > usual.characters || this.lines.length > usual.events) this.drop();
  }

  /** Every event after `seq`, or null where it no longer reaches back that far. */
  after(seq: number): readonly string[] | null {
    const missing = this.last - seq;
    if (missing > this.lines.length) return null;
    return missing === 0 ? [] : this.lines.slice(-missing);
  }

  /** Half at a time keeps a push cheap. */
  private drop(): void {
    for (const line of this.lines.splice(0, (this.lines.length + 1) >> 1))
      this.characters -= line.length;
  }
}
