/**
 * Adds share · (score − mean) / standard deviation to `into`; both are taken over the items that are not excluded.
 * Scores that do not differ there add nothing.
 * @returns by what a score is multiplied in the sum: share / deviation, or 0
 */
export function addStandardised(
  scores: Float64Array,
  excluded: Uint8Array,
  share: number,
  into: Float64Array,
): number {
  let count = 0;
  let sum = 0;
  let largest = 0;
  for (let item = 0; item < scores.length; item += 1) {
    const score = scores[item]!;
    if (score > largest) largest = score;
    else if (-score > largest) largest = -score;
    const taken = 1 - excluded[item]!;
    count += taken;
    sum += taken * score;
  }
  const mean = count === 0 ? 0 : sum / count;
  let squares = 0;
  for (let item = 0; item < scores.length; item += 1) {
    const difference = scores[item]! - mean;
    squares += (1 - excluded[item]!) * difference * difference;
  }
  const deviation = count === 0 ? 0 : Math.sqrt(squares / count);
  // Rounding alone makes equal scores differ by as much: weights have single precision.
  if (!(deviation > largest * 1e-6)) return 0;
  const scale = share / deviation;
  for (let item = 0; item < scores.length; item += 1) into[item]! += scale * (scores[item]! - mean);
  return scale;
}
