/** The magnitude of the `wanted`-th largest value without signs; 1 ≤ wanted ≤ length. */
export function magnitudeOf(values: Float32Array, wanted: number): number {
  const sorted = values.map((value) => Math.abs(value)).sort();
  return sorted[sorted.length - wanted]!;
}
