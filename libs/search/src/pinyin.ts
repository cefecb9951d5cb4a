import { pinyin } from 'pinyin-pro';

const known = new Map<string, readonly string[]>();

/** How a Han character may be read, without tones: 行 → xing, hang, heng. Empty for others. ü is v. */
export function readings(character: string): readonly string[] {
  const before = known.get(character);
  if (before) return before;
  if (!/^\p{Script=Han}$/u.test(character)) return [];
  const read = pinyin(character, {
    ...{ multiple: true, toneType: 'none', type: 'array', v: true, nonZh: 'removed' },
  } as const).filter((syllable) => /^[a-z]+$/.test(syllable));
  const found = [...new Set(read)];
  known.set(character, found);
  return found;
}

const inContext = new Map<string, string>();
const contextsMost = 20_000;

/** Whether these neighbours, together, are commonly read so: 音乐 is yinyue, though 乐 alone is le. */
export function isCommonlyRead(pair: string, syllables: readonly string[]): boolean {
  if (Array.from(pair).every((character) => readings(character).length === 1)) return true;
  let common = inContext.get(pair);
  if (common === undefined) {
    common = pinyin(pair, { toneType: 'none', v: true });
    if (inContext.size >= contextsMost) inContext.clear();
    inContext.set(pair, common);
  }
  const read = common.split(' ');
  return syllables.every((syllable, at) => read[at]?.startsWith(syllable));
}

const initials = 'b|p|m|f|d|t|n|l|g|k|h|j|q|x|zh|ch|sh|r|z|c|s|y|w';
const alone = 'a|o|e|ai|ei|ao|ou|an|en|ang|eng|er';
const finals =
  'a|o|e|ai|ei|ao|ou|an|en|ang|eng|ong|er|i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ua|uo|uai|ui|uan|un|uang|ueng|v|ve|van|vn|ue';
/** Not every one of these is spoken; those that are not find nothing. */
const syllable = new RegExp(`^(?:(?:${initials})(?:${finals})|${alone})$`);
const longestSyllable = 6;

export const isSyllable = (text: string): boolean => syllable.test(text);

/** The beginning of a syllable. */
const begun = /^(?:[bpmfdtnlgkhjqxryw]|[zcs]h?)[aeiouv]{0,3}n?$/;

/** Characters a text in pinyin is looked up with; more than a title has are no title. */
const unitsMost = 12;
const waysMost = 8;
const stepsMost = 500;

/**
 * Ways to read Latin letters as syllables, those with fewer first; the last one may be only begun
 * where `open`.
 */
export function syllablesOf(text: string, open: boolean): string[][] {
  if (text.length > longestSyllable * unitsMost) return [];
  const fits = (at: number, length: number): boolean => {
    const unit = text.slice(at, at + length);
    return isSyllable(unit) || (open && at > 0 && at + length === text.length && begun.test(unit));
  };
  // From where the end can be reached at all: no way is followed into nothing.
  const ends = new Array<boolean>(text.length).fill(false).concat(true);
  const lengthsAt = (at: number): number[] => {
    const longest = Math.min(longestSyllable, text.length - at);
    const lengths = Array.from({ length: longest }, (_, less) => longest - less);
    return lengths.filter((length) => ends[at + length] && fits(at, length));
  };
  for (let at = text.length - 1; at >= 0; at -= 1) ends[at] = lengthsAt(at).length > 0;
  const ways: string[][] = [];
  let steps = 0;
  const walk = (at: number, units: string[]): void => {
    if (at === text.length) ways.push(units);
    else if (units.length < unitsMost)
      for (const length of lengthsAt(at))
        if (ways.length < waysMost && steps++ < stepsMost)
          walk(at + length, [...units, text.slice(at, at + length)]);
  };
  if (text !== '') walk(0, []);
  return ways.sort((one, other) => one.length - other.length);
}

/** Letters a reading may begin with: none begins with i, u or v. */
export const areInitials = (text: string): boolean => /^[a-hj-tw-z]{2,12}$/.test(text);
