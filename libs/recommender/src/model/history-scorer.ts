import type { History } from '../data/history.js';
import { addRow, valueAt } from '../data/sparse-rows.js';
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
 * Scores of all items for one history: Σ over parts of share · (s − mean) / deviation over the unseen items. Items
 * that the model does not know are passed over; an item that comes twice counts with its larger weight.
 */
export class HistoryScorer {
  /** By place in `model.items`; those of the history itself mean nothing. All 0 without a known item. */
  readonly scores: Float64Array;
  private readonly history: History;
  private readonly neighbours: { part: NeighbourPart; scale: number; weights: Float64Array }[] = [];
  private factors: { foldIn: FoldIn; scale: number } | undefined;

  constructor(
    private readonly model: Model,
    history: readonly HistoryItem[],
  ) {
    this.history = known(model, history);
    this.scores = new Float64Array(model.items.length);
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
        scale: addStandardised(part, seen, each.share, this.scores),
        weights,
      });
    }
    if (model.factors) {
      const weights = this.strengthened(model.factors.strength);
      const foldIn = new FoldIn(model.factors, { items: this.history.items, weights });
      foldIn.score(part);
      this.factors = {
        foldIn,
        scale: addStandardised(part, seen, model.factors.share, this.scores),
      };
    }
  }

  /** Undefined where nothing of the history speaks for the item. */
  explain(item: string): Explanation | undefined {
    const terms = this.terms(item);
    let [largest, place] = [0, -1];
    for (let at = 0; at < terms.length; at += 1)
      if (terms[at]! > largest) [largest, place] = [terms[at]!, this.history.items[at]!];
    return place < 0 ? undefined : { item: this.model.items[place]!, term: largest };
  }

  /**
   * What each item of the history adds to the score of `item`, by id. The score is their sum, less what the means of
   * the parts take from all items alike. Empty where the model does not know the item.
   */
  termsOf(item: string): Map<string, number> {
    return new Map(
      Array.from(this.terms(item), (term, at) => [
        this.model.items[this.history.items[at]!]!,
        term,
      ]),
    );
  }

  /** The same, in the order of the history. */
  private terms(item: string): Float64Array {
    const target = placeOf(this.model, item);
    if (target < 0) return new Float64Array(0);
    const terms = new Float64Array(this.history.items.length);
    for (const { part, scale, weights } of this.neighbours)
      for (let at = 0; at < terms.length; at += 1)
        terms[at]! += scale * weights[at]! * valueAt(part.rows, this.history.items[at]!, target);
    if (this.factors) {
      const { foldIn, scale } = this.factors;
      const ofFactors = foldIn.terms(target);
      for (let at = 0; at < terms.length; at += 1) terms[at]! += scale * ofFactors[at]!;
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
  new HistoryScorer(model, history).scores;

/** Why the item has its score. For several items of one answer keep one `HistoryScorer`. */
export const explain = (
  model: Model,
  history: readonly HistoryItem[],
  item: string,
): Explanation | undefined => new HistoryScorer(model, history).explain(item);

/** The `k` items that are recommended most to somebody who took this one alone; best first, ties by id. */
export function similarItems(
  model: Model,
  item: string,
  k: number,
): { item: string; score: number }[] {
  const place = placeOf(model, item);
  if (place < 0) return [];
  const { scores } = new HistoryScorer(model, [{ item, weight: 1 }]);
  return topK(scores, k, { [place]: 1 }).map((at) => ({
    item: model.items[at]!,
    score: scores[at]!,
  }));
}
