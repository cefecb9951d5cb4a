import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import fc from 'fast-check';
import { maxFrameBytes } from '#libs/protocol';
import { Wire } from './wire.js';

class Ear extends Wire {
  readonly texts: string[] = [];
  binaries = 0;
  ended = 0;

  bye(): void {
    if (!this.closed) this.sayGoodbye(3001, 'shutdown');
  }

  protected text(message: string): void {
    this.texts.push(message);
  }
  protected binary(): void {
    this.binaries += 1;
  }
  protected queued(): void {
    // Not bounded here.
  }
  protected gone(): void {
    this.ended += 1;
  }
}

/** A client's frame, RFC 6455 §5.2; `first` is its first byte. */
function frame(first: number, payload: Buffer, mask = Buffer.from([1, 2, 3, 4])): Buffer {
  const { length } = payload;
  const header =
    length < 126
      ? Buffer.from([first, 0x80 | length])
      : length < 65_536
        ? Buffer.from([first, 0xfe, length >> 8, length & 255])
        : Buffer.from([
            first,
            0xff,
            0,
            0,
            0,
            0,
            0,
            length >> 16,
            (length >> 8) & 255,
            length & 255,
          ]);
  const masked = Buffer.from(payload.map((byte, at) => byte ^ (mask[at & 3] ?? 0)));
  return Buffer.concat([header, mask, masked]);
}

const text = (payload: string) => frame(0x81, Buffer.from(payload));

/** Cuts into pieces at the given places. */
function pieces(data: Buffer, cuts: readonly number[]): Buffer[] {
  const at = [...new Set(cuts.map((cut) => cut % (data.length + 1)))].sort((a, b) => a - b);
  return [0, ...at].map((from, index) =>
    Buffer.from(data.subarray(from, at[index] ?? data.length)),
  );
}

describe('the wire', () => {
  let server: Server;
  const sockets: Socket[] = [];
  const open = async () => {
    const accepted = once(server, 'connection');
    const client = connect((server.address() as AddressInfo).port);
    const received: Buffer[] = [];
    client.on('data', (chunk: Buffer) => received.push(chunk)).on('error', () => undefined);
    const [socket] = (await accepted) as [Socket];
    const ear = new Ear(socket);
    sockets.push(client, socket);
    return { ear, client, received, start: () => ear.start(Buffer.alloc(0)) };
  };
  /** Both ends are closed. */
  const end = async () => {
    for (const socket of sockets) if (!socket.closed) await once(socket, 'close');
  };

  beforeAll(async () => {
    server = createServer({ allowHalfOpen: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(() => sockets.splice(0).forEach((socket) => socket.destroy()));
  afterAll(() => server.close());

  it('reads the same messages however frames are cut into fragments and the stream into chunks', async () => {
    const { ear } = await open();
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            message: fc.string({ unit: 'binary', maxLength: 300 }).map((s) => s.toWellFormed()),
            fragments: fc.array(fc.nat(400), { maxLength: 4 }),
            ping: fc.boolean(),
          }),
          { minLength: 1, maxLength: 5 },
        ),
        fc.array(fc.nat(5000), { maxLength: 60 }),
        fc.uint8Array({ minLength: 4, maxLength: 4 }),
        (messages, chunks, mask) => {
          const stream = messages.flatMap(({ message, fragments, ping }) => {
            const parts = pieces(Buffer.from(message), fragments);
            return parts.flatMap((part, at) => {
              const first = (at === parts.length - 1 ? 0x80 : 0) | (at === 0 ? 1 : 0);
              const made = frame(first, part, Buffer.from(mask));
              return ping ? [frame(0x8a, Buffer.from('between')), made] : [made];
            });
          });
          ear.texts.length = 0;
          for (const chunk of pieces(Buffer.concat(stream), chunks)) ear.read(chunk);
          expect(ear.texts).toEqual(messages.map(({ message }) => message));
        },
      ),
    );
  });

  it('reads a message of the greatest size byte by byte, and refuses one byte more with 1009', async () => {
    const { ear, client, received, start } = await open();
    const whole = text('x'.repeat(maxFrameBytes));
    for (let at = 0; at < whole.length; at += 1) ear.read(Buffer.from([whole[at] ?? 0]));
    expect(ear.texts).toEqual(['x'.repeat(maxFrameBytes)]);

    start();
    const half = 'x'.repeat(maxFrameBytes / 2);
    client.write(frame(0x01, Buffer.from(half)));
    client.write(frame(0x80, Buffer.from(`${half}x`)));
    client.end();
    await end();
    expect(Buffer.concat(received).readUInt16BE(2)).toBe(1009);
    expect(ear.texts).toHaveLength(1);
  });

  it('answers a ping with its payload, between the fragments of a message too', async () => {
    const { ear, client, received, start } = await open();
    start();
    client.write(frame(0x01, Buffer.from('one ')));
    client.write(frame(0x89, Buffer.from('are you there')));
    client.write(frame(0x80, Buffer.from('message')));
    client.write(frame(0x88, Buffer.alloc(0)));
    await end();
    const pong = Buffer.concat([Buffer.from([0x8a, 13]), Buffer.from('are you there')]);
    expect(Buffer.concat(received)).toEqual(Buffer.concat([pong, Buffer.from([0x88, 2, 3, 232])]));
    expect(ear.texts).toEqual(['one message']);
    expect(ear.ended).toBe(1);
  });

  it.each([
    ['1002, not masked', Buffer.from([0x81, 0x01, 0x41]), 1002],
    ['1002, a reserved bit', Buffer.from([0xc1, 0x80, 0, 0, 0, 0]), 1002],
    ['1002, an unknown opcode', Buffer.from([0x83, 0x80, 0, 0, 0, 0]), 1002],
    ['1002, a continuation of nothing', frame(0x80, Buffer.from('x')), 1002],
    [
      '1002, a message within another',
      Buffer.concat([frame(0x01, Buffer.from('x')), text('y')]),
      1002,
    ],
    ['1002, a ping in fragments', frame(0x09, Buffer.from('x')), 1002],
    ['1002, a ping of 126 bytes', frame(0x89, Buffer.alloc(126)), 1002],
    ['1002, a close code nobody may send', frame(0x88, Buffer.from([3, 238])), 1002],
    ['1002, a close payload of one byte', frame(0x88, Buffer.from([3])), 1002],
    ['1007, text that is not UTF-8', frame(0x81, Buffer.from([0xc0, 0xaf])), 1007],
    [
      '1009, a length of 2^63',
      Buffer.from([0x81, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]),
      1009,
    ],
    ['the code of the client’s own close', frame(0x88, Buffer.from([15, 160])), 4000],
  ])('closes with %s', async (_, bytes, code) => {
    const { ear, client, received, start } = await open();
    start();
    client.write(bytes);
    await end();
    const answer = Buffer.concat(received);
    expect([answer[0], answer.readUInt16BE(2)]).toEqual([0x88, code]);
    expect(ear).toMatchObject({ texts: [], ended: 1, closed: true });
  });

  it('says goodbye once, delivers nothing after it, and ends when the client answers', async () => {
    const { ear, client, received, start } = await open();
    start();
    ear.bye();
    client.write(Buffer.concat([text('too late'), frame(0x88, Buffer.from([11, 185]))]));
    await end();
    expect(Buffer.concat(received)).toEqual(
      Buffer.concat([Buffer.from([0x88, 10, 11, 185]), Buffer.from('shutdown')]),
    );
    expect(ear).toMatchObject({ texts: [], ended: 1 });
  });

  it('destroys the socket of a client that does not answer, when its time is over', async () => {
    const { ear, client, start } = await open();
    start();
    client.pause();
    ear.bye();
    ear.expire(performance.now());
    expect(ear.ended).toBe(0);
    ear.expire(performance.now() + 60_000);
    client.resume();
    await end();
    expect(ear.ended).toBe(1);
  });

  it('takes a client that goes without a close frame as gone', async () => {
    const { ear, client, start } = await open();
    start();
    client.end(text('last words'));
    await end();
    expect(ear).toMatchObject({ texts: ['last words'], ended: 1, closed: true });
  });
});
