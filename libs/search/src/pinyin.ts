import { pinyin } from 'pinyin-pro';

const known = new Map<string, readonly string[]>();

/** How a Han character may be read, without tones: 行 → xing, hang, heng. Empty for others. ü is v. */
export function readings(character: string): readonly string[] {
  const before = known.get(character);
  if (before) return before;
  const read = pinyin(character, {
    ...{ multiple: true, toneType: 'none', type: 'array', v: true, nonZh: 'removed' },
  } as const).filter((syllable) => /^[a-z]+$/.test(syllable));
  const found = [...new Set(read)];
  known.set(character, found);
  return found;
}

const initials = 'b|p|m|f|d|t|n|l|g|k|h|j|q|x|zh|ch|sh|r|z|c|s|y|w|';
const finals =
  'a|o|e|ai|ei|ao|ou|an|en|ang|eng|ong|er|i|ia|ie|iao|iu|ian|in|iang|ing|iong|u|ua|uo|uai|ui|uan|un|uang|ueng|v|ve|van|vn|ue';
/** Not every one of these is spoken; those that are not find nothing. */
const syllable = new RegExp(`^(?:${initials})(?:${finals})$`);
const longestSyllable = 6;

export const isSyllable = (text: string): boolean => syllable.test(text);

/** Characters a text in pinyin is looked up with; more than a title has are no title. */
const unitsMost = 12;
const waysMost = 8;

/**
 * Ways to read Latin letters as syllables, those with fewer first; the last one may be only begun
 * where `open`.
 */
export function syllablesOf(text: string, open: boolean): string[][] {
  const ways: string[][] = [];
  const walk = (at: number, units: string[]): void => {
    if (ways.length >= waysMost || units.length > unitsMost) return;
    if (at === text.length) {
      ways.push(units);
      return;
    }
    for (let length = Math.min(longestSyllable, text.length - at); length > 0; length -= 1) {
      const unit = text.slice(at, at + length);
      const begun = open && at + length === text.length && units.length > 0;
      if (isSyllable(unit) || (begun && isBegun(unit))) walk(at + length, [...units, unit]);
    }
  };
  if (text.length <= longestSyllable * unitsMost) walk(0, []);
  return ways.sort((one, other) => one.length - other.length);
}

const begun = /^(?:[bpmfdtnlgkhjqxryw]|[zcs]h?)[aeiouv]{0,3}n?$/;
const isBegun = (unit: string): boolean => begun.test(unit);

/** Letters a reading may begin with: none begins with i, u or v. */
export const areInitials = (text: string): boolean => /^[a-hj-tw-z]{2,12}$/.test(text);
