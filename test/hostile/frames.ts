import * as fc from 'fast-check';
import { maxFrameBytes, rpcSchemas, verbs } from '#libs/protocol';
import { nasty, nastyJson, nastyNumber, spoilt } from './strings.js';

/** A command without its id: the server has to answer it, whatever is in it. */
export type Command = Record<string, unknown>;

/** These end the connection where they are wrong; the others are answered. */
const answered = verbs.filter((verb) => verb !== 'connect' && verb !== 'refresh');
const channel = fc.oneof(
  fc.constantFrom('room:lobby', 'room:', 'user:', 'user:somebody', 'room:course-x', 'room:lobby '),
  nasty().map((text) => `room:${text}`),
  nasty(),
);
const room = fc.oneof(fc.constant('lobby'), nasty());

const messages: Record<keyof typeof rpcSchemas, Record<string, unknown>> = {
  'message.send': { room: 'lobby', cid: 'hostile', text: 'x', mentions: [], attachments: [] },
  'message.edit': { room: 'lobby', id: 'no-such-message', text: 'x' },
  'message.delete': { room: 'lobby', id: 'no-such-message' },
  'message.react': { room: 'lobby', id: 'no-such-message', emoji: '👍', on: true },
  'room.read': { room: 'lobby', seq: 1 },
  'room.typing': { room: 'lobby' },
};

const rpc = fc.oneof(
  fc
    .constantFrom(...Object.entries(messages))
    .chain(([method, good]) => spoilt(good).map((data) => ({ method, data }))),
  fc.record({ method: nasty(), data: nastyJson }),
  fc
    .record({ room, cid: nasty(), text: nasty(300) })
    .map((data) => ({ method: 'message.send', data })),
);

/** Well-formed commands of a connected client that should not be sent. */
export const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 4, arbitrary: rpc.map((params) => ({ rpc: params })) },
  {
    weight: 3,
    arbitrary: fc
      .record({ channel, data: fc.oneof(nastyJson, spoilt({ cid: 'hostile', text: 'x' })) })
      .map((params) => ({ publish: params })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record(
        {
          channel,
          recover: fc.oneof(fc.boolean(), nastyJson),
          offset: fc.oneof(nastyNumber, nasty()),
          epoch: nasty(),
        },
        { requiredKeys: ['channel'] },
      )
      .map((params) => ({ subscribe: params })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record(
        {
          channel,
          limit: nastyNumber,
          reverse: fc.boolean(),
          since: fc.oneof(fc.record({ offset: nastyNumber, epoch: nasty() }), nastyJson),
        },
        { requiredKeys: ['channel'] },
      )
      .map((params) => ({ history: params })),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom('presence', 'presence_stats', 'unsubscribe'), channel)
      .map(([verb, name]) => ({ [verb]: { channel: name } })),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(fc.constantFrom(...answered), nastyJson)
      .map(([verb, params]) => ({ [verb]: params })),
  },
  {
    weight: 1,
    arbitrary: fc
      .tuple(
        nasty(20).filter((name) => name !== 'id' && name !== '__proto__'),
        nastyJson,
      )
      .filter(([verb]) => !(verbs as readonly string[]).includes(verb))
      .map(([verb, params]) => ({ [verb]: params })),
  },
);

export interface Closer {
  data: string | Buffer;
  binary: boolean;
  /** Codes that docs/protocol.md gives for it. */
  codes: readonly number[];
}

const text = (data: string | Buffer, ...codes: number[]): Closer => ({
  data,
  binary: false,
  codes,
});
const json = (value: unknown, ...codes: number[]) => text(JSON.stringify(value), ...codes);

const isCommand = (line: string): boolean => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
};

const notUtf8 = fc
  .tuple(
    fc.constantFrom([0xff], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf5, 0x80], [0xe2, 0x82]),
    fc.nat(20),
  )
  .map(([bytes, at]) => {
    const good = Buffer.from('{"id":1,"history":{"channel":"room:lobby"}}');
    return Buffer.concat([good.subarray(0, at), Buffer.from(bytes), good.subarray(at)]);
  });

/** Frames that are not the protocol: each has to end the connection with the code that says so. */
export const closer: fc.Arbitrary<Closer> = fc.oneof(
  fc
    .tuple(command, fc.double({ min: 0.05, max: 0.95, noNaN: true }))
    .map(([value, part]) =>
      JSON.stringify({ id: 1, ...value })
        .slice(0, -1)
        .slice(0, Math.ceil(200 * part)),
    )
    .map((cut) => text(cut, 3501)),
  fc
    .string({ minLength: 1, maxLength: 100 })
    .filter((garbage) => !garbage.split('\n').some((line) => line === '' || isCommand(line)))
    .map((garbage) => text(garbage, 3501)),
  fc.constantFrom(1, 'x', null, true, [], [[]], [{ id: 1 }]).map((value) => json(value, 3501)),
  fc
    .oneof(nasty(10), fc.constantFrom(-1, 0.5, 2 ** 32, null, {}, []))
    .map((id) => json({ id, history: { channel: 'room:lobby' } }, 3501)),
  fc.constant(json({ id: 1 }, 3501)),
  fc.constant(json({ id: 1, ping: {}, history: { channel: 'room:lobby' } }, 3501)),
  fc.constant(json({ id: 1, connect: { token: 'again' } }, 3501)),
  nasty().map((token) => json({ id: 1, refresh: { token } }, 3500)),
  fc.uint8Array({ minLength: 1, maxLength: 200 }).map((bytes) => ({
    data: Buffer.from(bytes),
    binary: true,
    codes: [3501],
  })),
  notUtf8.map((bytes) => text(bytes, 1007)),
  fc
    .integer({ min: maxFrameBytes + 1, max: maxFrameBytes * 2 })
    .map((size) => text('x'.repeat(size), 1009)),
);

/** First frames that let nobody in. */
export const badStart: fc.Arbitrary<Closer> = fc.oneof(
  nasty(300).map((token) => json({ id: 1, connect: { token } }, 3500)),
  closer.map(({ data, binary }) => ({ data, binary, codes: [1007, 1009, 3500, 3501] })),
);

/** A client's frame before it is masked, RFC 6455 §5.2, with what that standard forbids. */
export const brokenFrame: fc.Arbitrary<Buffer> = fc.oneof(
  fc.constantFrom(0x83, 0x84, 0x8b, 0x8f).map((opcode) => Buffer.from([opcode, 0x80, 1, 2, 3, 4])),
  fc
    .constantFrom(0xc1, 0xa1, 0x91, 0xf1)
    .map((reserved) => Buffer.from([reserved, 0x80, 1, 2, 3, 4])),
  fc.constant(Buffer.from([0x81, 0x02, 0x7b, 0x7d])),
  fc.constant(Buffer.from([0x09, 0x80, 1, 2, 3, 4])),
  fc.constant(Buffer.concat([Buffer.from([0x89, 0xfe, 0, 200, 1, 2, 3, 4]), Buffer.alloc(200)])),
  fc.constant(Buffer.from([0x80, 0x80, 1, 2, 3, 4])),
);
