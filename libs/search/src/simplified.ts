import characters from 'opencc-js/dict/TSCharacters';

/** The block most Han characters stand in: looked up in an array, others in a map. */
const first = 0x4e00;
const last = 0x9fff;

const block = Uint16Array.from({ length: last - first + 1 }, (_, at) => first + at);
const others = new Map<string, string>();

for (const entry of characters.split('|')) {
  const [traditional = '', simplified = ''] = entry.split(' ');
  const [from = 0, to = 0] = [traditional.codePointAt(0), simplified.codePointAt(0)];
  if (!isCommonHan(from)) others.set(traditional, simplified);
  // A simplified form outside the basic plane is rarer than the traditional one, and wider than its place.
  else if (to <= 0xffff) block[from - first] = to;
}

export function isCommonHan(unit: number): boolean {
  return unit >= first && unit <= last;
}

/** The simplified form of a unit that `isCommonHan`, by the table of OpenCC. */
export const simplifiedUnit = (unit: number): number => block[unit - first] ?? unit;

/** The simplified form of any character. */
export function simplified(character: string): string {
  const unit = character.charCodeAt(0);
  if (isCommonHan(unit)) return String.fromCharCode(simplifiedUnit(unit));
  return others.get(character) ?? character;
}
