import type { History } from './history.js';

/** One thing a user did with an item. */
export interface InteractionRow {
  user: string;
  item: string;
  /** Finite and above 0; 1 is a plain interaction, 2 one that says twice as much. */
  weight: number;
  /** ms since the epoch */
  at: number;
}

/** The same cells by item: what `columns` are to a user, `rows` are to an item. */
export interface ByItem {
  start: Int32Array;
  rows: Int32Array;
  weights: Float32Array;
}

/**
 * A sparse user × item matrix, compressed by row (CSR). Ids are in the order of their code units and the columns of
 * a row rise, so that equal interactions in whatever order make equal matrices.
 */
export class Interactions {
  private transposed: ByItem | undefined;

  constructor(
    readonly users: readonly string[],
    readonly items: readonly string[],
    /** Length users + 1: the cells of user u are start[u] … start[u + 1] − 1. */
    readonly start: Int32Array,
    readonly columns: Int32Array,
    readonly weights: Float32Array,
    /** ms since the epoch */
    readonly times: Float64Array,
  ) {}

  /** How many user–item pairs there are. */
  get size(): number {
    return this.columns.length;
  }

  /** Views, not copies. */
  historyOf(user: number): History {
    const [from, to] = [this.start[user]!, this.start[user + 1]!];
    return { items: this.columns.subarray(from, to), weights: this.weights.subarray(from, to) };
  }

  /** How many users each item has. */
  itemCounts(): Int32Array {
    const counts = new Int32Array(this.items.length);
    for (const column of this.columns) counts[column]! += 1;
    return counts;
  }

  /** Compressed by column (CSC), made once. The rows of an item rise. */
  byItem(): ByItem {
    return (this.transposed ??= this.transpose());
  }

  /** The cells for which `keep` is not 0, with the same users and items, empty ones too. */
  subset(keep: Uint8Array): Interactions {
    const size = keep.reduce((count, kept) => count + (kept ? 1 : 0), 0);
    const start = new Int32Array(this.start.length);
    const columns = new Int32Array(size);
    const weights = new Float32Array(size);
    const times = new Float64Array(size);
    let to = 0;
    for (let user = 0; user < this.users.length; user += 1) {
      for (let cell = this.start[user]!; cell < this.start[user + 1]!; cell += 1) {
        if (!keep[cell]) continue;
        columns[to] = this.columns[cell]!;
        weights[to] = this.weights[cell]!;
        times[to] = this.times[cell]!;
        to += 1;
      }
      start[user + 1] = to;
    }
    return new Interactions(this.users, this.items, start, columns, weights, times);
  }

  /** Of each user the `most` latest, ties by item; this itself where nobody has more. */
  latest(most: number): Interactions {
    let keep: Uint8Array | undefined;
    for (let user = 0; user < this.users.length; user += 1) {
      const [from, to] = [this.start[user]!, this.start[user + 1]!];
      if (to - from <= most) continue;
      keep ??= new Uint8Array(this.size).fill(1);
      const cells = Int32Array.from({ length: to - from }, (_, at) => from + at);
      cells.sort((one, other) => this.times[other]! - this.times[one]! || one - other);
      for (const cell of cells.subarray(most)) keep[cell] = 0;
    }
    return keep ? this.subset(keep) : this;
  }

  /** Of these items only (places that rise), and of the users who then have any. */
  of(items: Int32Array): Interactions {
    const placeOf = new Int32Array(this.items.length).fill(-1);
    for (const [place, item] of items.entries()) placeOf[item] = place;
    const users: string[] = [];
    const start = [0];
    const cells: number[] = [];
    for (let user = 0; user < this.users.length; user += 1) {
      const before = cells.length;
      for (let cell = this.start[user]!; cell < this.start[user + 1]!; cell += 1)
        if (placeOf[this.columns[cell]!]! >= 0) cells.push(cell);
      if (cells.length === before) continue;
      users.push(this.users[user]!);
      start.push(cells.length);
    }
    return new Interactions(
      users,
      Array.from(items, (item) => this.items[item]!),
      Int32Array.from(start),
      Int32Array.from(cells, (cell) => placeOf[this.columns[cell]!]!),
      Float32Array.from(cells, (cell) => this.weights[cell]!),
      Float64Array.from(cells, (cell) => this.times[cell]!),
    );
  }

  /** With every weight w as 1 + strength·(w − 1): 0 makes all equal, 1 leaves them as they are. */
  weighted(strength: number): Interactions {
    const weights = this.weights.map((weight) => 1 + strength * (weight - 1));
    return new Interactions(this.users, this.items, this.start, this.columns, weights, this.times);
  }

  private transpose(): ByItem {
    const start = new Int32Array(this.items.length + 1);
    for (const column of this.columns) start[column + 1]! += 1;
    for (let item = 0; item < this.items.length; item += 1) start[item + 1]! += start[item]!;
    const next = start.slice();
    const rows = new Int32Array(this.size);
    const weights = new Float32Array(this.size);
    for (let user = 0; user < this.users.length; user += 1) {
      for (let cell = this.start[user]!; cell < this.start[user + 1]!; cell += 1) {
        const to = next[this.columns[cell]!]!++;
        rows[to] = user;
        weights[to] = this.weights[cell]!;
      }
    }
    return { start, rows, weights };
  }
}
