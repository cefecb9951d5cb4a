import type { History } from '../data/history.js';
import { addRow } from '../data/sparse-rows.js';
import { topK } from '../metrics/top-k.js';
import { FoldIn } from './fold-in.js';
import { type Model, type NeighbourPart, placeOf } from './model.js';
import { addStandardised } from './standardise.js';

/** One item of a user's history; weights as in `InteractionRow`. */
export interface HistoryItem {
  item: string;
  weight: number;
}

/** The item of the history whose term of a score is the largest. */
export interface Explanation {
  item: string;
  term: number;
}

/**
 * Scores of items for one history: Σ over parts of share · (s − mean) / deviation over the unseen items. Items that
 * the model does not know are passed over; an item that comes twice counts with its larger weight.
 *
 * Items go by their place in `model.items`. Scores of those of the history mean nothing; without a known item all are 0.
 */
export class HistoryScorer {
  private readonly history: History;
  /** Of all parts but the factors, and what these have in common for all items. */
  private readonly sums: Float64Array;
  private readonly neighbours: { part: NeighbourPart; scale: number; weights: Float64Array }[] = [];
  private factors: { foldIn: FoldIn; scale: number } | undefined;

  constructor(
    private readonly model: Model,
    history: readonly HistoryItem[],
  ) {
    this.history = known(model, history);
    this.sums = new Float64Array(model.items.length);
    if (this.history.items.length === 0) return;
    const seen = new Uint8Array(model.items.length);
    for (const item of this.history.items) seen[item] = 1;
    const part = new Float64Array(model.items.length);
    for (const each of model.neighbours) {
      part.fill(0);
      const weights = this.strengthened(each.strength);
      for (let at = 0; at < weights.length; at += 1)
        addRow(each.rows, this.history.items[at]!, weights[at]!, part);
      this.neighbours.push({
        part: each,
        scale: addStandardised(part, seen, each.share, this.sums),
        weights,
      });
    }
    if (model.factors) {
      const weights = this.strengthened(model.factors.strength);
      const foldIn = new FoldIn(model.factors, { items: this.history.items, weights });
      const { mean, deviation } = foldIn.unseen();
      const scale = deviation > 0 ? model.factors.share / deviation : 0;
      for (let at = 0; at < this.sums.length; at += 1) this.sums[at]! -= scale * mean;
      this.factors = { foldIn, scale };
    }
  }

  /** Of all items, by place; larger is better. */
  scores(): Float64Array {
    const scores = this.sums.slice();
    if (!this.factors) return scores;
    const { foldIn, scale } = this.factors;
    const products = new Float64Array(scores.length);
    foldIn.score(products);
    for (let at = 0; at < scores.length; at += 1) scores[at]! += scale * products[at]!;
    return scores;
  }

  /**
   * The same of one item at a time, and `most`, which is no less and reads one number of an item instead of its
   * factors: few can be among the best. To be used before anything else is scored by the model.
   */
  oneByOne(): { score: (place: number) => number; most: (place: number) => number } {
    const { sums } = this;
    const score = (place: number): number => sums[place]!;
    if (!this.factors) return { score, most: score };
    const { foldIn, scale } = this.factors;
    const product = foldIn.oneByOne();
    const { lengths } = foldIn;
    const reach = Math.abs(scale) * foldIn.length;
    return {
      score: (place) => sums[place]! + scale * product(place),
      most: (place) => sums[place]! + reach * lengths[place]!,
    };
  }

  /** Of each item, undefined where nothing of the history speaks for it. */
  explain(items: readonly string[]): (Explanation | undefined)[] {
    return this.terms(items).map((terms) => {
      let [largest, place] = [0, -1];
      for (let at = 0; at < terms.length; at += 1)
        if (terms[at]! > largest) [largest, place] = [terms[at]!, this.history.items[at]!];
      return place < 0 ? undefined : { item: this.model.items[place]!, term: largest };
    });
  }

  /**
   * What each item of the history adds to the score of `item`, by id. The score is their sum, less what the means of
   * the parts take from all items alike. Empty where the model does not know the item.
   */
  termsOf(item: string): Map<string, number> {
    const [terms = []] = this.terms([item]);
    return new Map(
      Array.from(terms, (term, at) => [this.model.items[this.history.items[at]!]!, term]),
    );
  }

  /** The same of distinct items, in the order of the history: its rows are walked once for all of them. */
  private terms(items: readonly string[]): Float64Array[] {
    const places = items.map((item) => placeOf(this.model, item));
    const terms = places.map(
      (place) => new Float64Array(place < 0 ? 0 : this.history.items.length),
    );
    /** By place: which of the items it is, from 1. */
    const which = new Uint16Array(this.model.items.length);
    for (const [at, place] of places.entries()) if (place >= 0) which[place] = at + 1;
    for (const { part, scale, weights } of this.neighbours) {
      const { start, columns, values } = part.rows;
      for (let at = 0; at < weights.length; at += 1) {
        const row = this.history.items[at]!;
        for (let cell = start[row]!; cell < start[row + 1]!; cell += 1) {
          const one = which[columns[cell]!]!;
          if (one > 0) terms[one - 1]![at]! += scale * weights[at]! * values[cell]!;
        }
      }
    }
    if (this.factors) {
      const { foldIn, scale } = this.factors;
      const known = terms.filter(({ length }) => length > 0);
      const ofFactors = foldIn.terms(places.filter((place) => place >= 0));
      for (const [one, each] of known.entries())
        for (let at = 0; at < each.length; at += 1) each[at]! += scale * ofFactors[one]![at]!;
    }
    return terms;
  }

  private strengthened(strength: number): Float64Array {
    return Float64Array.from(this.history.weights, (weight) => 1 + strength * (weight - 1));
  }
}

/** In the order of places, so that equal histories give equal sums. */
function known(model: Model, history: readonly HistoryItem[]): History {
  const weightAt = new Map<number, number>();
  for (const { item, weight } of history) {
    const place = placeOf(model, item);
    if (place >= 0 && weight > 0) weightAt.set(place, Math.max(weight, weightAt.get(place) ?? 0));
  }
  const places = Int32Array.from(weightAt.keys()).sort();
  return { items: places, weights: Float64Array.from(places, (place) => weightAt.get(place)!) };
}

/** One score an item of the model, by place; larger is better. */
export const scoreHistory = (model: Model, history: readonly HistoryItem[]): Float64Array =>
  new HistoryScorer(model, history).scores();

/** The `k` items that are recommended most to somebody who took this one alone; best first, ties by id. */
export function similarItems(
  model: Model,
  item: string,
  k: number,
): { item: string; score: number }[] {
  const place = placeOf(model, item);
  if (place < 0) return [];
  const scores = new HistoryScorer(model, [{ item, weight: 1 }]).scores();
  return topK(scores, k, { [place]: 1 }).map((at) => ({
    item: model.items[at]!,
    score: scores[at]!,
  }));
}
