import { Receiver } from 'ws';
import { textFrame } from './frame.js';

/** ws's own parser of what a server sends is the judge. */
const decode = (frame: Buffer): Promise<string> =>
  new Promise((resolve, reject) => {
    const receiver = new (
      Receiver as unknown as new (options: object) => NodeJS.WritableStream & NodeJS.EventEmitter
    )({ isServer: false });
    receiver.on('message', (data: Buffer) => resolve(data.toString()));
    receiver.on('error', reject);
    receiver.write(frame);
  });

describe('a text frame', () => {
  it.each([0, 1, 125, 126, 127, 65_535, 65_536, 200_000])(
    'of %i bytes is read back as it was',
    async (length) => {
      const text = 'x'.repeat(length);
      expect(await decode(textFrame(text))).toBe(text);
    },
  );

  it('counts bytes, not characters', async () => {
    expect(await decode(textFrame('课'.repeat(50)))).toBe('课'.repeat(50));
  });
});
