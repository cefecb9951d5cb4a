import fc from 'fast-check';
import { encodingNamed, type TextEncoding } from './text-encoding.js';
import { TextSource } from './text-source.js';

/** 你好，世界 and one of the four-byte characters, as GB18030 has them. */
const chinese = '你好，世界𠀀';
const gb18030 = [
  0xc4, 0xe3, 0xba, 0xc3, 0xa3, 0xac, 0xca, 0xc0, 0xbd, 0xe7, 0x95, 0x32, 0x82, 0x36,
];
const bigEndian = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16();

async function read(bytes: Uint8Array, size: number, declared?: TextEncoding) {
  async function* source(): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
  }
  const text = new TextSource(source(), declared);
  const parts: Uint8Array[] = [];
  for await (const part of text.utf8()) parts.push(part);
  return { text: Buffer.concat(parts).toString(), encoding: text.encoding };
}

describe('text of an import', () => {
  const sentence = `slug,title\na,${chinese}\n`;
  const cases: [string, Buffer, TextEncoding][] = [
    ['UTF-8', Buffer.from(sentence), 'utf-8'],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${sentence}`), 'utf-8'],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${sentence}`, 'utf16le'), 'utf-16le'],
    ['UTF-16 with a mark, big-endian', bigEndian(`\ufeff${sentence}`), 'utf-16be'],
    ['UTF-16 that begins in ASCII', Buffer.from(sentence, 'utf16le'), 'utf-16le'],
    ['the same, big-endian', bigEndian(sentence), 'utf-16be'],
    ['GB18030', Buffer.from([...Buffer.from('slug,title\na,'), ...gb18030, 0x0a]), 'gb18030'],
  ];

  it.each(cases)('is recognised, however it comes: %s', async (_, bytes, encoding) => {
    for (let size = 1; size <= bytes.length; size += 1)
      expect(await read(bytes, size)).toEqual({ text: sentence, encoding });
  });

  it('is recognised late, after megabytes of ASCII', async () => {
    const ascii = 'a,b\n'.repeat(500_000);
    const bytes = Buffer.concat([Buffer.from(ascii), Buffer.from(gb18030)]);
    expect(await read(bytes, 64 * 1024)).toEqual({ text: ascii + chinese, encoding: 'gb18030' });
  });

  it('stays UTF-8 where a few bytes of it are broken, and where it is text of nothing known', async () => {
    const broken = Buffer.concat([Buffer.from(chinese.repeat(3)), Buffer.from([0xc4, 0x2c])]);
    expect((await read(broken, 4)).encoding).toBe('utf-8');
    const latin1 = Buffer.from('Müller, Françoise: années élémentaires à Zürich', 'latin1');
    expect((await read(latin1, 4)).encoding).toBe('utf-8');
  });

  it('is what its sender says, unless a mark says otherwise', async () => {
    expect((await read(Buffer.from(gb18030), 3, 'utf-8')).encoding).toBe('utf-8');
    const marked = Buffer.from('\ufeffa', 'utf16le');
    expect(await read(marked, 3, 'utf-8')).toEqual({ text: 'a', encoding: 'utf-16le' });
    expect(['UTF-8', 'GBK', 'gb2312', 'latin1'].map(encodingNamed)).toEqual([
      ...['utf-8', 'gb18030', 'gb18030', undefined],
    ]);
  });

  it('comes out as it went in', async () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(text, fc.integer({ min: 1, max: 9 }), async (given, size) => {
        const bytes = Buffer.from(`slug,title\n${given}`);
        expect((await read(bytes, size)).text).toBe(bytes.toString());
      }),
    );
  });
});
