export interface Ranked {
  id: string;
  score: number;
}

const before = (one: Ranked, other: Ranked): boolean =>
  one.score > other.score || (one.score === other.score && one.id < other.id);

/** The `k` best of what is added, ties by id: the same whatever the order of adding. */
export class BestFirst<T extends Ranked> {
  readonly items: T[] = [];
  /** Less than this is not among them. */
  private least: number;

  constructor(private readonly k: number) {
    this.least = k > 0 ? -Infinity : Infinity;
  }

  /** Whether something with this score can still be among them. */
  takes(score: number): boolean {
    return score >= this.least;
  }

  add(item: T): void {
    if (!this.takes(item.score)) return;
    let at = Math.min(this.items.length, this.k);
    while (at > 0 && before(item, this.items[at - 1]!)) at -= 1;
    if (at === this.k) return;
    this.items.splice(at, 0, item);
    if (this.items.length > this.k) this.items.pop();
    if (this.items.length === this.k) this.least = this.items[this.k - 1]!.score;
  }
}
