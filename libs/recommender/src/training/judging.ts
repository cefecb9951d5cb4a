import { Evaluation, type Metrics, type Scorer } from '../metrics/evaluation.js';
import type { Fold } from '../selection/index.js';

/** nDCG at k of each case of a fold, in their order. */
export function judge(scorer: Scorer, { train, cases }: Fold, k: number): Float64Array {
  const evaluation = new Evaluation(train, k);
  return Float64Array.from(cases, (each) => evaluation.add(scorer, each));
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
