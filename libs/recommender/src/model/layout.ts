/**
 * The binary form of a model, little-endian:
 *
 *     0  'MXRM'
 *     4  version, u32
 *     8  checksum of everything from byte 24 on, u32
 *    12  length of the header, u32
 *    16  length of the whole, u32; 4 bytes of 0
 *    24  header: JSON of `Header`, padded with spaces to 8 bytes
 *        sections, each padded with zeros to 8 bytes
 */
import type { FactorPart, ModelMeta, NeighbourPart } from './model.js';

export const magic = 0x4d52584d;
export const layoutVersion = 1;
export const prefixBytes = 24;

export type SectionType = 'bytes' | 'int32' | 'float32';

/** Sections stand in this order behind each other; `length` counts elements. */
export interface Section {
  name: string;
  type: SectionType;
  length: number;
}

export interface Header {
  meta: ModelMeta;
  neighbours: Omit<NeighbourPart, 'rows'>[];
  factors: Omit<FactorPart, 'factors' | 'gram'> | null;
  sections: Section[];
}

export const bytesOf = ({ type, length }: Section): number => (type === 'bytes' ? 1 : 4) * length;

/** The next multiple of 8. */
export const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** FNV-1a over 32-bit words from `from` to `to`; continues from `hash`. */
export function checksum(words: Uint32Array, from: number, to: number, hash = 0x811c9dc5): number {
  let sum = hash;
  for (let at = from; at < to; at += 1) sum = Math.imul(sum ^ words[at]!, 0x01000193);
  return sum >>> 0;
}
