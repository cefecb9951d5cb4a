import type { Step } from '../step.js';
import { Evaluation, type Metrics } from '../metrics/evaluation.js';
import { ndcg } from '../metrics/list-metrics.js';
import { Ranker, type Scorer } from '../metrics/ranker.js';
import type { Fold } from '../selection/index.js';

/** nDCG at k of each case of a fold, in their order. */
export async function judge(
  scorer: Scorer,
  { train, cases }: Fold,
  k: number,
  step: Step,
): Promise<Float64Array> {
  const ranker = new Ranker(train.items.length, k);
  const scores = new Float64Array(cases.length);
  for (const [at, each] of cases.entries()) {
    scores[at] = ndcg(ranker.judged(ranker.list(scorer, each), each));
    await step((at + 1) / cases.length);
  }
  return scores;
}

/** Means over folds of their metrics; null without one. */
export async function measure(
  fits: readonly { fold: Fold; scorer: Scorer }[],
  k: number,
  step: Step,
): Promise<(Metrics & { k: number; users: number }) | null> {
  if (fits.length === 0) return null;
  const measured: Metrics[] = [];
  for (const [at, { fold, scorer }] of fits.entries()) {
    const evaluation = new Evaluation(fold.train, k);
    for (const each of fold.cases) {
      evaluation.add(scorer, each);
      await step(at / fits.length);
    }
    measured.push(evaluation.metrics());
  }
  const names = Object.keys(measured[0]!) as (keyof Metrics)[];
  const mean = (name: keyof Metrics): number =>
    measured.reduce((sum, metrics) => sum + metrics[name], 0) / measured.length;
  const means = Object.fromEntries(names.map((name) => [name, mean(name)])) as unknown as Metrics;
  return { ...means, k, users: fits.reduce((sum, { fold }) => sum + fold.cases.length, 0) };
}
