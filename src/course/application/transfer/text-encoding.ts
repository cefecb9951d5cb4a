import { Unreadable } from './import-row.js';

/** Names as the WHATWG Encoding Standard has them. */
export type TextEncoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';

const names: Record<string, TextEncoding> = {
  'utf-8': 'utf-8',
  utf8: 'utf-8',
  'us-ascii': 'utf-8',
  'utf-16': 'utf-16le',
  'utf-16le': 'utf-16le',
  'utf-16be': 'utf-16be',
  gb18030: 'gb18030',
  gbk: 'gb18030',
  gb2312: 'gb18030',
};

/** What a charset means here, GBK and GB2312 being parts of GB18030; undefined where it is not read. */
export const encodingNamed = (charset: string): TextEncoding | undefined =>
  names[charset.toLowerCase()];

/** What the first four bytes say for certain: a byte order mark, or the zeros of UTF-16 without one. */
export function encodingByStart(start: Uint8Array): TextEncoding | undefined {
  const [a, b, c, d] = start;
  if (a === 0xef && b === 0xbb && c === 0xbf) return 'utf-8';
  if (a === 0xff && b === 0xfe) return 'utf-16le';
  if (a === 0xfe && b === 0xff) return 'utf-16be';
  if (a && b === 0 && c && d === 0) return 'utf-16le';
  if (a === 0 && b && c === 0 && d) return 'utf-16be';
  return undefined;
}

/** @throws Unreadable */
export function refuseArchive([a, b]: Uint8Array): void {
  if (a === 0x1f && b === 0x8b) throw new Unreadable(1, 'this is a gzip file: unpack it first');
  if (a === 0x50 && b === 0x4b)
    throw new Unreadable(1, 'this is a zip archive or a workbook: send text, saved as CSV');
}

/**
 * Decides by the first 64 KiB or more that are not all ASCII. Valid UTF-8 is UTF-8: text of another
 * encoding of that length is practically never. A few bad bytes make it no other, and what is text of
 * none is for its rows to say.
 */
export function encodingBySample(sample: Uint8Array): TextEncoding {
  if (mostlyWhole('utf-8', sample)) return 'utf-8';
  return mostlyWhole('gb18030', sample) && mostlyCommonHan(sample) ? 'gb18030' : 'utf-8';
}

/**
 * More characters beyond ASCII can be read than cannot: of Chinese in GB18030 one in six happens to be
 * UTF-8. One that is cut off at the end does not count.
 */
function mostlyWhole(encoding: TextEncoding, sample: Uint8Array): boolean {
  const text = new TextDecoder(encoding).decode(sample, { stream: true });
  let [whole, broken] = [0, 0];
  for (const character of text) {
    if (character === '\ufffd') broken += 1;
    else if (character > '\x7f') whole += 1;
  }
  return broken < whole || broken === 0;
}

/**
 * GB18030 gives nearly any bytes a meaning, Latin-1 too; but in Chinese text most characters are those of
 * GB2312, both of whose bytes are above 0xa0.
 */
function mostlyCommonHan(sample: Uint8Array): boolean {
  let [common, all] = [0, 0];
  for (let at = 0; at + 1 < sample.length; at += 1) {
    const lead = sample[at] ?? 0;
    if (lead < 0x81) continue;
    all += 1;
    if (lead > 0xa0 && (sample[(at += 1)] ?? 0) > 0xa0) common += 1;
  }
  return common * 2 >= all;
}
