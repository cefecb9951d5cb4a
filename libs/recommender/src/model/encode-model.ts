import {
  bytesOf,
  checksum,
  type Header,
  layoutVersion,
  magic,
  padded,
  prefixBytes,
  type Section,
  type SectionType,
} from './layout.js';
import type { Model } from './model.js';

type Content = Uint8Array | Int32Array | Float32Array;

/** Deterministic: equal models give equal bytes, whose hash names the version. */
export function encodeModel(model: Model): Uint8Array {
  const contents: [string, Content][] = [
    ['items', new TextEncoder().encode(JSON.stringify(model.items))],
    ['popularity', model.popularity],
    ...model.neighbours.flatMap(({ name, rows }): [string, Content][] => [
      [`${name}.start`, rows.start],
      [`${name}.columns`, rows.columns],
      [`${name}.values`, rows.values],
    ]),
  ];
  if (model.factors)
    contents.push(['ials.factors', model.factors.factors], ['ials.gram', model.factors.gram]);
  const header: Header = {
    meta: model.meta,
    neighbours: model.neighbours.map(({ name, share, strength }) => ({ name, share, strength })),
    factors: model.factors && {
      name: model.factors.name,
      share: model.factors.share,
      strength: model.factors.strength,
      dimensions: model.factors.dimensions,
      lambda: model.factors.lambda,
      alpha: model.factors.alpha,
    },
    sections: contents.map(([name, content]) => ({
      name,
      type: typeOf(content),
      length: content.length,
    })),
  };
  return assemble(
    header,
    contents.map(([, content]) => content),
  );
}

function assemble(header: Header, contents: readonly Content[]): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(header));
  const headerBytes = padded(text.length);
  const sectionBytes = header.sections.map((section: Section) => padded(bytesOf(section)));
  const size = sectionBytes.reduce((sum, bytes) => sum + bytes, prefixBytes + headerBytes);
  const bytes = new Uint8Array(size);
  bytes.fill(0x20, prefixBytes, prefixBytes + headerBytes);
  bytes.set(text, prefixBytes);
  let at = prefixBytes + headerBytes;
  for (const [index, content] of contents.entries()) {
    bytes.set(new Uint8Array(content.buffer, content.byteOffset, content.byteLength), at);
    at += sectionBytes[index]!;
  }
  const words = new Uint32Array(bytes.buffer);
  const prefix = [magic, layoutVersion, 0, headerBytes, size];
  words.set(prefix);
  words[2] = checksum(words, prefixBytes / 4, size / 4);
  return bytes;
}

const typeOf = (content: Content): SectionType =>
  content instanceof Uint8Array ? 'bytes' : content instanceof Int32Array ? 'int32' : 'float32';
