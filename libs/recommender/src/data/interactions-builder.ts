import { Interactions, type InteractionRow } from './interactions.js';

/** Which of several interactions of a user with an item counts: the one with the largest weight, or the latest. */
export type Duplicates = 'strongest' | 'latest';

export interface BuilderOptions {
  /** `strongest` where absent. */
  duplicates?: Duplicates;
  /**
   * `positive` (where absent): weights as they are, above 0. `ratings`: of any finite scale; the lowest becomes 1, the
   * highest 2, and 1 where all are equal.
   */
  weights?: 'positive' | 'ratings';
}

/** Columns of interactions; `users` and `items` give the ids that the numbers stand for. */
export interface InteractionColumns {
  userIds: readonly string[];
  itemIds: readonly string[];
  users: Int32Array;
  items: Int32Array;
  weights: Float32Array;
  times: Float64Array;
}

/** Takes interactions one by one, in 20 bytes each besides the ids, however many a user or an item has. */
export class InteractionsBuilder {
  private readonly userAt = new Map<string, number>();
  private readonly itemAt = new Map<string, number>();
  private users = new Int32Array(1024);
  private items = new Int32Array(1024);
  private weights = new Float32Array(1024);
  private times = new Float64Array(1024);
  private count = 0;

  constructor(private readonly options: BuilderOptions = {}) {}

  /** @throws RangeError where the weight is not accepted or the time is not finite */
  add({ user, item, weight, at }: InteractionRow): void {
    const single = Math.fround(weight);
    if (!Number.isFinite(single) || !(this.options.weights === 'ratings' || single > 0))
      throw new RangeError(
        `user ${user}, item ${item}: weight ${weight}; accepted is ${this.accepted}`,
      );
    if (!Number.isFinite(at))
      throw new RangeError(
        `user ${user}, item ${item}: time ${at}; accepted are ms since the epoch`,
      );
    if (this.count === this.users.length) this.grow();
    this.users[this.count] = numberOf(this.userAt, user);
    this.items[this.count] = numberOf(this.itemAt, item);
    this.weights[this.count] = weight;
    this.times[this.count] = at;
    this.count += 1;
  }

  build(): Interactions {
    const { count } = this;
    if (this.options.weights === 'ratings') rescale(this.weights.subarray(0, count));
    return fromColumns(
      {
        userIds: [...this.userAt.keys()],
        itemIds: [...this.itemAt.keys()],
        users: this.users.subarray(0, count),
        items: this.items.subarray(0, count),
        weights: this.weights.subarray(0, count),
        times: this.times.subarray(0, count),
      },
      this.options.duplicates,
    );
  }

  private get accepted(): string {
    return this.options.weights === 'ratings' ? 'a finite number' : 'a finite number above 0';
  }

  private grow(): void {
    const length = this.count * 2;
    const larger = <T extends Int32Array | Float32Array | Float64Array>(made: T, old: T): T => {
      made.set(old);
      return made;
    };
    this.users = larger(new Int32Array(length), this.users);
    this.items = larger(new Int32Array(length), this.items);
    this.weights = larger(new Float32Array(length), this.weights);
    this.times = larger(new Float64Array(length), this.times);
  }
}

/** Onto 1 … 2, in place. */
function rescale(ratings: Float32Array): void {
  let [lowest, highest] = [Infinity, -Infinity];
  for (const rating of ratings) {
    lowest = Math.min(lowest, rating);
    highest = Math.max(highest, rating);
  }
  for (let at = 0; at < ratings.length; at += 1)
    ratings[at] = lowest < highest ? 1 + (ratings[at]! - lowest) / (highest - lowest) : 1;
}

const numberOf = (numbers: Map<string, number>, id: string): number => {
  const known = numbers.get(id);
  if (known !== undefined) return known;
  numbers.set(id, numbers.size);
  return numbers.size - 1;
};

/** @throws RangeError as `InteractionsBuilder.add` does */
export async function readInteractions(
  rows: AsyncIterable<InteractionRow> | Iterable<InteractionRow>,
  options: BuilderOptions = {},
): Promise<Interactions> {
  const builder = new InteractionsBuilder(options);
  for await (const row of rows) builder.add(row);
  return builder.build();
}

/** Of rows that were checked: weights finite and above 0, numbers within the ids. */
export function fromColumns(
  { userIds, itemIds, users, items, weights, times }: InteractionColumns,
  duplicates: Duplicates = 'strongest',
): Interactions {
  const byUser = ranks(userIds);
  const byItem = ranks(itemIds);
  // Twice a stable counting sort: by item, then by user, so that the columns of each row rise.
  const byColumn = sorted(undefined, items, byItem.rank);
  const order = sorted(byColumn, users, byUser.rank);
  const start = new Int32Array(userIds.length + 1);
  const columns = new Int32Array(order.length);
  const kept = new Int32Array(order.length);
  let to = 0;
  let last = -1;
  for (const cell of order) {
    const user = byUser.rank[users[cell]!]!;
    const column = byItem.rank[items[cell]!]!;
    if (user === last && columns[to - 1] === column) {
      if (replaces(cell, kept[to - 1]!)) kept[to - 1] = cell;
      continue;
    }
    columns[to] = column;
    kept[to] = cell;
    last = user;
    to += 1;
    start[user + 1]! += 1;
  }
  for (let user = 0; user < userIds.length; user += 1) start[user + 1]! += start[user]!;
  const keptWeights = new Float32Array(to);
  const keptTimes = new Float64Array(to);
  for (let at = 0; at < to; at += 1) {
    keptWeights[at] = weights[kept[at]!]!;
    keptTimes[at] = times[kept[at]!]!;
  }
  return new Interactions(
    byUser.ids,
    byItem.ids,
    start,
    columns.slice(0, to),
    keptWeights,
    keptTimes,
  );

  // Never by the order of rows: equal interactions give equal matrices.
  function replaces(cell: number, other: number): boolean {
    const heavier = weights[cell]! - weights[other]!;
    const later = times[cell]! - times[other]!;
    return duplicates === 'latest'
      ? later > 0 || (later === 0 && heavier > 0)
      : heavier > 0 || (heavier === 0 && later > 0);
  }
}

/** The ids in order, and the place in it of each. */
function ranks(ids: readonly string[]): { ids: string[]; rank: Int32Array } {
  const order = Array.from(ids.keys()).sort((one, other) => (ids[one]! < ids[other]! ? -1 : 1));
  const rank = new Int32Array(ids.length);
  for (const [place, id] of order.entries()) rank[id] = place;
  return { ids: order.map((id) => ids[id]!), rank };
}

/** The cells (all, or in the order given) sorted stably by the rank of their key. */
function sorted(cells: Int32Array | undefined, keys: Int32Array, rank: Int32Array): Int32Array {
  const next = new Int32Array(rank.length + 1);
  for (const key of keys) next[rank[key]! + 1]! += 1;
  for (let key = 0; key < rank.length; key += 1) next[key + 1]! += next[key]!;
  const order = new Int32Array(keys.length);
  for (let at = 0; at < keys.length; at += 1) {
    const cell = cells ? cells[at]! : at;
    order[next[rank[keys[cell]!]!]!++] = cell;
  }
  return order;
}
