import { Evaluation, type Metrics } from '../metrics/evaluation.js';
import { ndcg } from '../metrics/list-metrics.js';
import { Ranker, type Scorer } from '../metrics/ranker.js';
import type { Fold } from '../selection/index.js';

/** nDCG at k of each case of a fold, in their order. */
export function judge(scorer: Scorer, { train, cases }: Fold, k: number): Float64Array {
  const ranker = new Ranker(train.items.length, k);
  return Float64Array.from(cases, (each) => ndcg(ranker.judged(ranker.list(scorer, each), each)));
}

/** Means over folds of their metrics; null without one. */
export function measure(
  fits: readonly { fold: Fold; scorer: Scorer }[],
  k: number,
): (Metrics & { k: number; users: number }) | null {
  if (fits.length === 0) return null;
  const measured = fits.map(({ fold, scorer }) => {
    const evaluation = new Evaluation(fold.train, k);
    for (const each of fold.cases) evaluation.add(scorer, each);
    return evaluation.metrics();
  });
  const names = Object.keys(measured[0]!) as (keyof Metrics)[];
  const mean = (name: keyof Metrics): number =>
    measured.reduce((sum, metrics) => sum + metrics[name], 0) / measured.length;
  const means = Object.fromEntries(names.map((name) => [name, mean(name)])) as unknown as Metrics;
  return { ...means, k, users: fits.reduce((sum, { fold }) => sum + fold.cases.length, 0) };
}
