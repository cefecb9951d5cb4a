import { Interactions } from '../data/interactions.js';
import { headOf } from '../algorithms/head.js';
import type { Case } from '../metrics/ranker.js';
import { Random } from '../random.js';

/** Interactions to learn from, and others of the same users to be judged by. */
export interface Fold {
  train: Interactions;
  cases: Case[];
  /** Interactions of `train` over those of the whole with the same items. */
  share: number;
}

/** What choosing looks at: its cost does not grow with the data beyond this. */
const most = { items: 2000, interactions: 150_000, cases: 1500 };
const parts = 5;

/**
 * Folds that each hold out another fifth of every item's interactions, at random: the kind of split that lists are
 * judged by, and no time of the year is missing from `train`. Large data is sampled: the most popular items, and as
 * many users as give 150,000 interactions. No fold where nothing can be held out.
 */
export function innerSplit(data: Interactions, folds: number, seed: number): Fold[] {
  const random = new Random(seed);
  const sample = sampleOf(data, random);
  const counts = data.itemCounts();
  const kept = new Set(sample.items);
  let whole = 0;
  for (const [item, id] of data.items.entries()) if (kept.has(id)) whole += counts[item]!;
  const fifth = fifths(sample, random);
  return Array.from({ length: folds }, (_, fold) => {
    const train = sample.subset(fifth.map((part) => (part === fold ? 0 : 1)));
    return { train, cases: casesOf(sample, train, random), share: train.size / whole };
  }).filter(({ train, cases }) => train.size > 0 && cases.length > 0);
}

function sampleOf(data: Interactions, random: Random): Interactions {
  if (data.items.length <= most.items && data.size <= most.interactions) return data;
  const { items, placeOf } = headOf(data, most.items);
  const keep = new Uint8Array(data.size);
  const order = random.shuffle(Int32Array.from(data.users.keys()));
  let size = 0;
  for (const user of order) {
    if (size >= most.interactions) break;
    for (let cell = data.start[user]!; cell < data.start[user + 1]!; cell += 1) {
      if (placeOf[data.columns[cell]!]! < 0) continue;
      keep[cell] = 1;
      size += 1;
    }
  }
  return data.subset(keep).of(items);
}

/** The fifth that each cell belongs to; those of an item are spread as evenly as they can be. */
function fifths(data: Interactions, random: Random): Uint8Array {
  const { start } = data.byItem();
  const next = new Int32Array(data.items.length);
  const dealt = data.items.map((_, item) => {
    const cards = Int32Array.from({ length: start[item + 1]! - start[item]! }, (__, at) => at);
    return random.shuffle(cards);
  });
  const offset = Int32Array.from(data.items, () => random.below(parts));
  return Uint8Array.from(data.columns, (item) => {
    const at = next[item]!++;
    return (dealt[item]![at]! + offset[item]!) % parts;
  });
}

/** One a user who has both a history and something held out. */
function casesOf(whole: Interactions, train: Interactions, random: Random): Case[] {
  const cases: Case[] = [];
  for (const user of random.shuffle(Int32Array.from(whole.users.keys()))) {
    if (cases.length === most.cases) break;
    const history = train.historyOf(user);
    const all = whole.historyOf(user).items;
    if (history.items.length === 0 || history.items.length === all.length) continue;
    const known = new Set(history.items);
    cases.push({
      history,
      heldOut: new Set([...all].filter((item) => !known.has(item))),
      unknown: 0,
    });
  }
  return cases;
}
