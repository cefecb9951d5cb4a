/** What makes a score its share of a sum: scale · (score − mean). */
export interface Standardisation {
  /** share / standard deviation; 0 where the scores do not differ. */
  scale: number;
  mean: number;
}

/** Over the items that are not excluded; these must be distinct. */
export function standardisation(
  scores: Float64Array | Float32Array,
  excluded: Int32Array,
  share: number,
): Standardisation {
  // Moments about any score: about 0 there would be little left of a variance that is small beside the mean.
  const origin = scores[0] ?? 0;
  let sum = 0;
  let squares = 0;
  let largest = 0;
  for (let item = 0; item < scores.length; item += 1) {
    const score = scores[item]!;
    const difference = score - origin;
    sum += difference;
    squares += difference * difference;
    largest = Math.max(largest, Math.abs(score));
  }
  for (const item of excluded) {
    const difference = scores[item]! - origin;
    sum -= difference;
    squares -= difference * difference;
  }
  const count = scores.length - excluded.length;
  if (count === 0) return { scale: 0, mean: 0 };
  const mean = sum / count;
  const variance = squares / count - mean * mean;
  // Rounding alone makes equal scores differ by as much: weights have single precision.
  const differ = variance > (largest * 1e-6) ** 2;
  return { scale: differ ? share / Math.sqrt(variance) : 0, mean: origin + mean };
}

export function addStandardised(
  scores: Float64Array | Float32Array,
  { scale, mean }: Standardisation,
  into: Float64Array,
): void {
  if (scale === 0) return;
  for (let item = 0; item < scores.length; item += 1) into[item]! += scale * (scores[item]! - mean);
}
