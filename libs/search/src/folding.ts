import { isCommonHan, simplified, simplifiedUnit } from './simplified.js';

/** A text made equal for all ways to write it, and where each unit of it comes from. */
export interface Folded {
  text: string;
  /** Per UTF-16 unit of `text`, the offset in the original at which what it was made of starts. */
  starts: number[];
  /** The same, where it ends: exclusive. */
  ends: number[];
}

/** Latin letters that no decomposition takes apart. */
const plain: Record<string, string> = {
  ...{ ß: 'ss', æ: 'ae', œ: 'oe', ø: 'o', đ: 'd', ð: 'd', ł: 'l', ħ: 'h', ı: 'i', þ: 'th', ŋ: 'n' },
  ...{ '’': "'", ʼ: "'", ς: 'σ' },
};

/** What belongs to the character before it: marks, voiced sound marks of narrow kana, the invisible. */
const attached = /[\p{M}\uff9e\uff9f\u00ad\u200b-\u200f\u2060\ufeff\u1160-\u11ff]/u;
const invisible = /[\u00ad\u200b-\u200f\u2060\ufeff\ufe00-\ufe0f]/g;
const latin = /\p{Script=Latin}/u;

const lowered = Array.from({ length: 128 }, (_, unit) => String.fromCharCode(unit).toLowerCase());

/** Clusters fold the same wherever they stand, and a catalogue is made of few. */
const known = new Map<string, string>();
const knownMost = 4096;

function foldCluster(cluster: string): string {
  const before = known.get(cluster);
  if (before !== undefined) return before;
  let folded = cluster.normalize('NFKC').toLowerCase().normalize('NFKC').replace(invisible, '');
  if (latin.test(folded)) folded = folded.normalize('NFD').replace(/\p{M}/gu, '');
  folded = Array.from(folded, (character) => plain[character] ?? simplified(character)).join('');
  if (known.size >= knownMost) known.clear();
  known.set(cluster, folded);
  return folded;
}

/** Below this no unit is a mark of the one before. */
const firstMark = 0x300;

const mayAttach = (unit: number): boolean =>
  unit === 0xad || (unit >= firstMark && !isCommonHan(unit));

/**
 * NFKC, lower case, Latin letters without diacritics, simplified Chinese. A character and its marks
 * fold together, so that offsets in the original stay known where folding changes lengths.
 */
export function foldWithOffsets(text: string): Folded {
  const starts: number[] = [];
  const ends: number[] = [];
  let folded = '';
  each(text, (made, start, end) => {
    folded += made;
    for (let at = 0; at < made.length; at += 1) {
      starts.push(start);
      ends.push(end);
    }
  });
  return { text: folded, starts, ends };
}

/** The text of `foldWithOffsets`. */
export function folded(text: string): string {
  let all = '';
  each(text, (made) => (all += made));
  return all;
}

function each(text: string, take: (made: string, start: number, end: number) => void): void {
  let at = 0;
  while (at < text.length) {
    const unit = text.charCodeAt(at);
    const next = at + 1 < text.length ? text.charCodeAt(at + 1) : 0;
    if (!mayAttach(next) && (unit < 128 || isCommonHan(unit))) {
      const made = unit < 128 ? lowered[unit] : String.fromCharCode(simplifiedUnit(unit));
      take(made ?? '', at, at + 1);
      at += 1;
      continue;
    }
    const end = clusterEnd(text, at);
    take(foldCluster(text.slice(at, end)), at, end);
    at = end;
  }
}

/** Marks taken together with one character; a longer pile of them is nobody's writing. */
const marksMost = 16;

function clusterEnd(text: string, start: number): number {
  let end = start + widthAt(text, start);
  for (let marks = 0; marks < marksMost && end < text.length; marks += 1) {
    if (!mayAttach(text.charCodeAt(end))) break;
    const width = widthAt(text, end);
    if (!attached.test(text.slice(end, end + width))) break;
    end += width;
  }
  return end;
}

const widthAt = (text: string, at: number): number =>
  (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
