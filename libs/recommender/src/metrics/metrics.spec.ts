import { readInteractions } from '../data/index.js';
import {
  Evaluation,
  averagePrecision,
  ndcg,
  precision,
  recall,
  reciprocalRank,
  topK,
} from './index.js';

/** Hits at ranks 2 and 4 of 5, three items held out. */
const judged = { hits: [false, true, false, true, false], heldOut: 3, k: 5 };

describe('metrics of a list, as worked out by hand', () => {
  it('nDCG: gains at ranks 2 and 4 over those of ranks 1 to 3', () => {
    const gained = 1 / Math.log2(3) + 1 / Math.log2(5);
    expect(ndcg(judged)).toBeCloseTo(gained / (1 + 1 / Math.log2(3) + 1 / Math.log2(4)), 12);
    expect(ndcg(judged)).toBeCloseTo(0.498188, 5);
  });

  it('average precision: 1/2 at rank 2 and 2/4 at rank 4, over three', () => {
    expect(averagePrecision(judged)).toBeCloseTo(1 / 3, 12);
  });

  it('average precision and nDCG are 1 where k items of more that were held out are all hits', () => {
    const full = { hits: [true, true], heldOut: 9, k: 2 };
    expect([averagePrecision(full), ndcg(full)]).toEqual([1, 1]);
  });

  it('precision over k, recall over what was held out, the first hit at rank 2', () => {
    expect(precision(judged)).toBeCloseTo(0.4, 12);
    expect(recall(judged)).toBeCloseTo(2 / 3, 12);
    expect(reciprocalRank(judged)).toBe(0.5);
  });

  it('count a list that is shorter than k as one without hits at its end', () => {
    const short = { hits: [true], heldOut: 1, k: 10 };
    expect([ndcg(short), precision(short), recall(short)]).toEqual([1, 0.1, 1]);
  });

  it('are 0 without a hit', () => {
    const none = { hits: [], heldOut: 2, k: 3 };
    const all = [ndcg, averagePrecision, precision, recall, reciprocalRank].map((of) => of(none));
    expect(all).toEqual([0, 0, 0, 0, 0]);
  });
});

describe('the k best', () => {
  it('are in order, ties by place, without what is excluded and what has no score', () => {
    expect(topK([1, 3, 2, 3, 0], 3)).toEqual([1, 3, 2]);
    expect(topK([1, 3, 2, 3, 0], 3, [0, 1, 0, 0, 0])).toEqual([3, 2, 0]);
    expect(topK([-Infinity, 1], 2)).toEqual([1]);
    expect(topK([5, 5, 5], 2)).toEqual([0, 1]);
  });
});

describe('an evaluation', () => {
  // Users a, b have x and y; c has y and z; d has w.
  const rows = ['ax', 'ay', 'bx', 'by', 'cy', 'cz', 'dw'].map((pair) => ({
    user: pair[0]!,
    item: pair[1]!,
    weight: 1,
    at: 0,
  }));
  /** Items in order: w, x, y, z. */
  const scorer = { score: (_: unknown, scores: Float64Array) => scores.set([1, 2, 3, 4]) };

  it('ranks the whole catalogue without the history, and means over users', async () => {
    const train = await readInteractions(rows);
    const evaluation = new Evaluation(train, 2);
    // Of d, who has w: z, y. Of a, who has x and y: z, w.
    const d = evaluation.add(scorer, {
      history: train.historyOf(3),
      heldOut: new Set([2]),
      unknown: 0,
    });
    const a = evaluation.add(scorer, {
      history: train.historyOf(0),
      heldOut: new Set([0]),
      unknown: 1,
    });
    const second = 1 / Math.log2(3);
    expect(d).toBeCloseTo(second, 12);
    expect(a).toBeCloseTo(second / (1 + second), 12);
    const metrics = evaluation.metrics();
    expect(metrics.ndcg).toBeCloseTo((a + d) / 2, 12);
    expect(metrics.precision).toBe(0.5);
    expect(metrics.recall).toBe(0.75);
    expect(metrics.mrr).toBe(0.5);
    expect(metrics.map).toBe((0.5 + 0.25) / 2);
    // z, y, w of four items.
    expect(metrics.coverage).toBe(0.75);
    // z and w: one of four users; y: three of four.
    expect(metrics.novelty).toBeCloseTo(((2 + Math.log2(4 / 3)) / 2 + 2) / 2, 12);
    // {z, y} share one user of 1 and 3; {z, w} none.
    expect(metrics.diversity).toBeCloseTo((1 - 1 / Math.sqrt(3) + 1) / 2, 12);
  });

  it('of nobody is 0, never NaN', async () => {
    const metrics = new Evaluation(await readInteractions([]), 10).metrics();
    expect(new Set(Object.values(metrics))).toEqual(new Set([0]));
  });
});
