import type { Axis, Parameters } from '../algorithms/fitted.js';

export interface Chosen {
  parameters: Parameters;
  /** nDCG of each case with them. */
  scores: Float64Array;
}

/** One value per case, in the same order every time; undefined where there is no time left. */
export type Judge = (parameters: Parameters) => Promise<Float64Array | undefined>;

/**
 * Coordinate search from values known to be good: along each axis outwards both ways as long as the mean rises. The
 * best is taken only if it is better than where the axis began by more than the standard error of the difference,
 * which is paired by case: noise of the split does not lead away from what is good.
 */
export async function choose(
  start: Parameters,
  axes: readonly Axis[],
  judge: Judge,
): Promise<Chosen | undefined> {
  const scores = await judge(start);
  if (!scores) return undefined;
  let chosen: Chosen = { parameters: start, scores };
  for (const { name, values } of axes) {
    let best = chosen;
    const from = chosen.parameters[name]!;
    const below = values.filter((value) => value < from * (1 - 1e-9)).reverse();
    const above = values.filter((value) => value > from * (1 + 1e-9));
    for (const way of [below, above]) {
      let last = chosen;
      for (const value of way) {
        const parameters = { ...chosen.parameters, [name]: value };
        const judged = await judge(parameters);
        if (!judged) return clearlyBetter(best, chosen) ? best : chosen;
        const next = { parameters, scores: judged };
        if (mean(judged) > mean(best.scores)) best = next;
        if (mean(judged) < mean(last.scores)) break;
        last = next;
      }
    }
    if (clearlyBetter(best, chosen)) chosen = best;
  }
  return chosen;
}

/** By more than one standard error of the paired difference. */
export function clearlyBetter(one: Chosen, other: Chosen): boolean {
  const differences = one.scores.map((score, at) => score - other.scores[at]!);
  const gain = mean(differences);
  const squares = differences.reduce((sum, each) => sum + (each - gain) ** 2, 0);
  const deviation = Math.sqrt(squares / Math.max(1, differences.length - 1));
  return gain > deviation / Math.sqrt(differences.length) && gain > 0;
}

const mean = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
