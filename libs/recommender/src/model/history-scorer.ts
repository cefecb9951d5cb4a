import type { History } from '../data/history.js';
import { addRow } from '../data/sparse-rows.js';
import { topK } from '../metrics/top-k.js';
import { FoldIn } from './fold-in.js';
import { type Model, type NeighbourPart, placeOf } from './model.js';
import { addStandardised, standardisation } from './standardise.js';

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

/** Where a history is scored: so much memory is dear to get and to give back. */
class Workspace {
  readonly scores: Float64Array;
  readonly part: Float64Array;
  /** Whose scores these are. */
  owner: HistoryScorer | undefined;

  constructor(items: number) {
    this.scores = new Float64Array(items);
    this.part = new Float64Array(items);
  }
}

const workspaces = new WeakMap<Model, Workspace>();

function workspaceOf(model: Model): Workspace {
  let made = workspaces.get(model);
  if (!made) workspaces.set(model, (made = new Workspace(model.items.length)));
  return made;
}

/**
 * Scores of items for one history: Σ over parts of share · (s − mean) / deviation over the unseen items. Items that
 * the model does not know are passed over; an item that comes twice counts with its larger weight.
 *
 * Items go by their place in `model.items`. Scores of those of the history mean nothing; without a known item all are 0.
 */
export class HistoryScorer {
  private readonly history: History;
  private neighbours: { part: NeighbourPart; scale: number; weights: Float64Array }[] = [];
  private factors: { foldIn: FoldIn; scale: number } | undefined;

  constructor(
    private readonly model: Model,
    history: readonly HistoryItem[],
  ) {
    this.history = known(model, history);
    this.score();
  }

  /** Of all items, by place; larger is better. Good until another history is scored by the model. */
  scores(): Float64Array {
    const workspace = workspaceOf(this.model);
    if (workspace.owner !== this) this.score();
    return workspace.scores;
  }

  private score(): void {
    const { model } = this;
    const { items } = this.history;
    const workspace = workspaceOf(model);
    const { scores, part } = workspace;
    workspace.owner = this;
    scores.fill(0);
    if (items.length === 0) return;
    this.neighbours = model.neighbours.map((each) => {
      part.fill(0);
      const weights = this.strengthened(each.strength);
      for (let at = 0; at < weights.length; at += 1)
        addRow(each.rows, items[at]!, weights[at]!, part);
      const standard = standardisation(part, items, each.share);
      addStandardised(part, standard, scores);
      return { part: each, scale: standard.scale, weights };
    });
    if (!model.factors) return;
    const weights = this.strengthened(model.factors.strength);
    const foldIn = new FoldIn(model.factors, { items, weights });
    const products = foldIn.scores();
    const standard = standardisation(products, items, model.factors.share);
    addStandardised(products, standard, scores);
    this.factors = { foldIn, scale: standard.scale };
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
  new HistoryScorer(model, history).scores().slice();

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
