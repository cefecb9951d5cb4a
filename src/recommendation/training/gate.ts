import {
  Evaluation,
  HistoryScorer,
  type History,
  type Interactions,
  type Model,
  placeOf,
  type Scorer,
} from '#libs/recommender';

/** Positions of a list that nDCG is of. */
export const gateDepth = 10;
/** Pairs below which nothing is held out: too little to measure by. */
const leastPairs = 1000;
/** Pairs that are held out at the most, roughly: enough to tell models apart. */
const mostHeldOut = 20_000;
const largestShare = 0.1;
/** Users that are measured at the most. */
const mostUsers = 1000;

export interface Split {
  /**
   * Share of user–course pairs that no model sees. A pair is held out by a hash of its ids, and the
   * share only falls as pairs become more, so that what is held out now was held out whenever an
   * earlier model was made: it is measured fairly beside a new one.
   */
  share: number;
  train: Interactions;
  heldOut: Uint8Array;
}

/** FNV-1a over UTF-16 code units, as a number from 0 up to 1. */
function hashed(user: string, item: string): number {
  let hash = 0x811c9dc5;
  const text = `${user}\n${item}`;
  for (let at = 0; at < text.length; at += 1)
    hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  // The last characters have touched the low bits alone: mix (MurmurHash3's finaliser).
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

export function heldOutShare(pairs: number): number {
  if (pairs < leastPairs) return 0;
  const halvings = Math.max(0, Math.ceil(Math.log2((pairs * largestShare) / mostHeldOut)));
  return largestShare / 2 ** halvings;
}

export function split(data: Interactions): Split {
  const share = heldOutShare(data.size);
  const heldOut = new Uint8Array(data.size);
  if (share === 0) return { share, train: data, heldOut };
  const keep = new Uint8Array(data.size);
  for (let user = 0; user < data.users.length; user += 1)
    for (let cell = data.start[user]!; cell < data.start[user + 1]!; cell += 1) {
      const out = hashed(data.users[user]!, data.items[data.columns[cell]!]!) < share;
      heldOut[cell] = out ? 1 : 0;
      keep[cell] = out ? 0 : 1;
    }
  return { share, train: data.subset(keep), heldOut };
}

export interface Measured {
  ndcg: number;
  users: number;
}

/** nDCG of a model's full ranking of what was held out; null where there is nothing to measure by. */
export async function measure(
  model: Model,
  data: Interactions,
  { train, heldOut }: Split,
  pause: () => Promise<void>,
): Promise<Measured | null> {
  const evaluation = new Evaluation(train, gateDepth);
  const scorer = scorerOf(model, train.items);
  let users = 0;
  for (let user = 0; user < data.users.length && users < mostUsers; user += 1) {
    const wanted = new Set<number>();
    for (let cell = data.start[user]!; cell < data.start[user + 1]!; cell += 1)
      if (heldOut[cell]) wanted.add(data.columns[cell]!);
    const history = train.historyOf(user);
    if (wanted.size === 0 || history.items.length === 0) continue;
    users += 1;
    evaluation.add(scorer, { history, heldOut: wanted, unknown: 0 });
    await pause();
  }
  return users === 0 ? null : { ndcg: evaluation.metrics().ndcg, users };
}

/** A model of whatever items as a scorer of these; what it does not know comes last. */
function scorerOf(model: Model, items: readonly string[]): Scorer {
  const places = Int32Array.from(items, (item) => placeOf(model, item));
  return {
    score({ items: of, weights }: History, scores: Float64Array): void {
      const history = Array.from(of, (item, at) => ({ item: items[item]!, weight: weights[at]! }));
      const made = new HistoryScorer(model, history).scores();
      for (let item = 0; item < places.length; item += 1) {
        const place = places[item]!;
        scores[item] = place < 0 ? -Infinity : made[place]!;
      }
    },
  };
}
