import { Random } from '../random.js';

export interface SyntheticSize {
  users: number;
  items: number;
  ratings: number;
  /** Topics that items belong to and users care for. */
  clusters?: number;
  seed?: number;
}

/** One rating, 1 … 5, of user `user` (a number below `users`) at `at`, ms since the epoch. */
export interface SyntheticRating {
  user: number;
  item: number;
  rating: number;
  at: number;
}

const dayMs = 24 * 3600_000;
const began = Date.UTC(2024, 0, 1);
const days = 730;
/** How often a user follows a series, looks at what everybody takes, or at a topic of their own. */
const habits = { series: 0.15, everybody: 0.15 };
/** The power by which popularity falls with the rank. */
const skew = 1.2;

/**
 * Ratings with what real ones have and algorithms feed on:
 * - clusters: an item has a main and a minor topic; a user cares for two to five topics, unequally;
 * - popularity skew: the item of rank r among n is drawn in proportion to (r/n + 0.01)^−1.2, by everybody and within its
 *   topics alike, and users' counts are log-normal from 20 up;
 * - time: items appear over the first half of two years and cannot be taken before; a user is active for some weeks;
 * - series: items of a topic follow each other, and who took one often goes on with the next;
 * - taste: what is of a favourite topic is rated higher.
 */
export function* eachSyntheticRating({
  users,
  items,
  ratings,
  clusters = Math.round(8 + Math.sqrt(items) / 2),
  seed = 1,
}: SyntheticSize): Generator<SyntheticRating> {
  const random = new Random(seed);
  const catalogue = new Catalogue(items, clusters, random);
  const counts = activity(users, items, ratings, random);
  for (let user = 0; user < users; user += 1) {
    const taste = new Taste(clusters, random);
    const start = days * (0.3 + 0.65 * random.next());
    const span = 7 + 60 * random.next();
    const taken = new Set<number>();
    let last = -1;
    for (let tries = 0; taken.size < counts[user]! && tries < 40 * counts[user]!; tries += 1) {
      const day = start + (span * taken.size) / counts[user]!;
      const habit = random.next();
      const item =
        habit > 1 - habits.series && last >= 0
          ? catalogue.after(last, random)
          : habit < habits.everybody
            ? catalogue.drawAny(random)
            : catalogue.draw(taste.topic(random.next()), random);
      if (taken.has(item) || catalogue.appears[item]! > day) continue;
      taken.add(item);
      last = item;
      const liking = 3.3 + 1.1 * taste.liking(catalogue.topics[item]!) + 0.8 * random.normal();
      const rating = Math.min(5, Math.max(1, Math.round(liking)));
      yield { user, item, rating, at: began + Math.round(day * dayMs) };
    }
  }
}

export const syntheticRatings = (size: SyntheticSize): SyntheticRating[] => [
  ...eachSyntheticRating(size),
];

/** Log-normal counts of at least 20 that add up to about `ratings`, and never to more than two thirds of the items. */
function activity(users: number, items: number, ratings: number, random: Random): number[] {
  const most = Math.ceil((2 * items) / 3);
  const least = Math.min(20, Math.floor(ratings / users));
  const drawn = Array.from({ length: users }, () => Math.exp(random.normal()));
  const mean = drawn.reduce((sum, one) => sum + one, 0) / users;
  const scale = (ratings / users - least) / mean;
  return drawn.map((one) => Math.min(most, Math.round(least + one * scale)));
}

/** Two to five topics, each cared for 0.6 times as much as the one before. */
class Taste {
  private readonly cared: { topic: number; upTo: number }[] = [];

  constructor(clusters: number, random: Random) {
    let share = 1;
    let sum = 0;
    for (let count = 2 + random.below(4); count > 0; count -= 1) {
      sum += share;
      this.cared.push({ topic: Math.floor(clusters * random.next() ** 1.5), upTo: sum });
      share *= 0.6;
    }
    for (const one of this.cared) one.upTo /= sum;
  }

  topic(at: number): number {
    return (this.cared.find(({ upTo }) => at < upTo) ?? this.cared[0]!).topic;
  }

  /** 1 for the favourite, 0 for what is not cared for. */
  liking(topic: number): number {
    const place = this.cared.findIndex((one) => one.topic === topic);
    return place < 0 ? 0 : 0.8 ** place;
  }
}

class Catalogue {
  readonly topics: Int32Array;
  /** Day from which on it can be taken. */
  readonly appears: Float64Array;
  private readonly byTopic: Lottery[];
  private readonly all: Lottery;
  private readonly series: number[][];
  private readonly placeIn: Int32Array;

  constructor(items: number, clusters: number, random: Random) {
    const drawn = (one: () => number): number[] => Array.from({ length: items }, one);
    this.topics = Int32Array.from(drawn(() => Math.floor(clusters * random.next() ** 1.3)));
    this.appears = Float64Array.from(drawn(() => days * Math.max(0, random.next() - 0.5)));
    const ranks = random.shuffle(Int32Array.from(this.topics.keys()));
    const weights = Float64Array.from(ranks, (rank) => (rank / items + 0.01) ** -skew);
    this.series = Array.from({ length: clusters }, () => []);
    this.placeIn = new Int32Array(items);
    for (const [item, topic] of this.topics.entries())
      this.placeIn[item] = this.series[topic]!.push(item) - 1;
    const members = this.series.map((series) => [...series]);
    for (let item = 0; item < items; item += 1)
      if (random.next() < 0.3) members[random.below(clusters)]!.push(item);
    this.all = new Lottery([...weights.keys()], weights);
    this.byTopic = members.map((each) => (each.length > 0 ? new Lottery(each, weights) : this.all));
  }

  drawAny(random: Random): number {
    return this.all.draw(random);
  }

  draw(topic: number, random: Random): number {
    return this.byTopic[topic]!.draw(random);
  }

  /** One of the three that follow in its series. */
  after(item: number, random: Random): number {
    const series = this.series[this.topics[item]!]!;
    return series[(this.placeIn[item]! + 1 + random.below(3)) % series.length]!;
  }
}

/** Draws items in proportion to their weights. */
class Lottery {
  private readonly sums: Float64Array;

  constructor(
    private readonly items: readonly number[],
    weights: Float64Array,
  ) {
    let sum = 0;
    this.sums = Float64Array.from(items, (item) => (sum += weights[item]!));
  }

  draw(random: Random): number {
    const wanted = random.next() * this.sums.at(-1)!;
    let [from, to] = [0, this.sums.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (this.sums[middle]! <= wanted) from = middle + 1;
      else to = middle;
    }
    return this.items[from]!;
  }
}
