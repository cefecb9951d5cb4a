/** Mistakes that are forgiven in a word of so many letters. */
export const typosIn = (letters: number): number => (letters <= 3 ? 0 : letters <= 7 ? 1 : 2);

const rows = [new Uint16Array(80), new Uint16Array(80), new Uint16Array(80)];

/**
 * Edits from one word to the other: letters put in, left out or replaced, or two neighbours swapped
 * (optimal string alignment). `most + 1` where there are more than `most`.
 * @param prefix to the nearest beginning of `other` instead
 */
export function editDistance(
  one: ArrayLike<number>,
  other: ArrayLike<number>,
  most: number,
  prefix = false,
): number {
  const width = Math.min(other.length, one.length + most);
  if (one.length - width > most || (!prefix && other.length > width)) return most + 1;
  let [before, row, next] = rows as [Uint16Array, Uint16Array, Uint16Array];
  for (let at = 0; at <= width; at += 1) row[at] = at;
  for (let i = 1; i <= one.length; i += 1) {
    next[0] = i;
    let least = i;
    for (let j = 1; j <= width; j += 1) {
      const same = one[i - 1] === other[j - 1];
      let edits = same
        ? (row[j - 1] ?? 0)
        : 1 + Math.min(row[j - 1] ?? 0, row[j] ?? 0, next[j - 1] ?? 0);
      const swapped = i > 1 && j > 1 && one[i - 1] === other[j - 2] && one[i - 2] === other[j - 1];
      if (swapped && !same) edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      next[j] = edits;
      if (edits < least) least = edits;
    }
    if (least > most) return most + 1;
    [before, row, next] = [row, next, before];
  }
  if (!prefix) return Math.min(row[width] ?? 0, most + 1);
  let nearest = most + 1;
  for (let at = 0; at <= width; at += 1) nearest = Math.min(nearest, row[at] ?? 0);
  return nearest;
}
