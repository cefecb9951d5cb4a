import fc from 'fast-check';
import { ByteReader, ByteWriter } from './bytes.js';

describe('bytes', () => {
  it('give back numbers and texts as they were written', () => {
    const item = fc.oneof(fc.nat(2 ** 31 - 1), fc.string({ unit: 'grapheme' }));
    fc.assert(
      fc.property(fc.array(item), (items) => {
        const writer = new ByteWriter();
        for (const one of items)
          if (typeof one === 'number') writer.varint(one);
          else writer.text(one);
        const reader = new ByteReader(writer.written());
        for (const one of items) {
          if (typeof one === 'number') expect(reader.varint()).toBe(one);
          else expect(new TextDecoder().decode(reader.take(reader.varint()))).toBe(one);
        }
      }),
    );
  });

  it('are not read past their end', () => {
    expect(() => new ByteReader(Uint8Array.of(128)).varint()).toThrow(RangeError);
    expect(() => new ByteReader(Uint8Array.of(1)).take(2)).toThrow(RangeError);
  });
});
