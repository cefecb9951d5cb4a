/** Mean and standard deviation of the scores whose item is not excluded; both 0 where none is left. */
export function spreadOf(
  scores: Float64Array,
  excluded: { readonly [item: number]: number },
): { mean: number; deviation: number } {
  let count = 0;
  let sum = 0;
  for (let item = 0; item < scores.length; item += 1) {
    if (excluded[item]) continue;
    count += 1;
    sum += scores[item]!;
  }
  if (count === 0) return { mean: 0, deviation: 0 };
  const mean = sum / count;
  let squares = 0;
  for (let item = 0; item < scores.length; item += 1)
    if (!excluded[item]) squares += (scores[item]! - mean) ** 2;
  return { mean, deviation: Math.sqrt(squares / count) };
}
