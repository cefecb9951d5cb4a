/**
 * The places of the `k` largest scores, best first, ties by place; items of `excluded` (not 0) are left out, and so
 * are scores that are −∞.
 */
export function topK(
  scores: ArrayLike<number>,
  k: number,
  excluded?: { readonly [item: number]: number },
): number[] {
  const places: number[] = [];
  let least = -Infinity;
  for (let item = 0; item < scores.length; item += 1) {
    const score = scores[item]!;
    // Places rise, so an equal score that comes later never displaces one that came before.
    if (!(score > least) || excluded?.[item]) continue;
    let at = places.length < k ? places.length : k - 1;
    while (at > 0 && scores[places[at - 1]!]! < score) {
      places[at] = places[at - 1]!;
      at -= 1;
    }
    places[at] = item;
    if (places.length >= k) least = scores[places[k - 1]!]!;
  }
  return places;
}
