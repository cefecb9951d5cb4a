import * as fc from 'fast-check';

/** Any UTF-16, lone surrogates, NUL and controls among it. */
const anything = (maxLength: number) =>
  fc
    .array(fc.integer({ min: 0, max: 0xffff }), { maxLength })
    .map((units) => String.fromCharCode(...units));

const known = [
  '',
  ' ',
  '.',
  '..',
  '../../etc/passwd',
  '..%2f..%2f',
  '%00',
  '%',
  '%zz',
  '\u0000',
  '\ud800',
  '\ufeff',
  '\u202e',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'null',
  'undefined',
  'NaN',
  '-1',
  '1e309',
  "' OR 1=1 --",
  '"; DROP TABLE events; --',
  '{"$gt":""}',
  '<script>alert(1)</script>',
  '${7*7}',
  '🏴‍☠️'.repeat(20),
  'a'.repeat(200),
  'á'.repeat(100),
  'ﷺ'.repeat(100),
  '\r\nSet-Cookie: a=b',
  'lobby',
  'room:lobby',
  'course-',
  'message',
];

/** Strings that somebody once took a server down with, and arbitrary ones. */
export const nasty = (maxLength = 60): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(...known) },
    { weight: 2, arbitrary: anything(maxLength) },
    { weight: 1, arbitrary: fc.string({ maxLength }) },
  );

export const nastyNumber: fc.Arbitrary<number> = fc.oneof(
  fc.constantFrom(-1, -0, 0.5, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 63, 1e308, -1e308, 5e-324),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);

/** Any JSON, deep and wide, with names and values as above. */
export const nastyJson: fc.Arbitrary<unknown> = fc.oneof(
  fc.jsonValue({ maxDepth: 4 }),
  nasty(),
  nastyNumber,
  fc.dictionary(nasty(), fc.oneof(nasty(), nastyNumber, fc.boolean(), fc.constant(null)), {
    maxKeys: 6,
  }),
  fc.integer({ min: 100, max: 1000 }).map((depth) => {
    let value: unknown = 1;
    for (let level = 0; level < depth; level += 1) value = [value];
    return value;
  }),
);

/** A good object with one field spoilt, one missing, or one too many. */
export const spoilt = (good: Record<string, unknown>): fc.Arbitrary<Record<string, unknown>> =>
  fc.oneof(
    fc
      .tuple(fc.constantFrom(...Object.keys(good)), nastyJson)
      .map(([field, value]) => ({ ...good, [field]: value })),
    fc.constantFrom(...Object.keys(good)).map((field) => ({ ...good, [field]: undefined })),
    fc
      .tuple(nasty(20), nastyJson)
      .map(([field, value]) =>
        Object.assign(Object.create(null) as Record<string, unknown>, good, { [field]: value }),
      ),
  );
