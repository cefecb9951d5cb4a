import * as fc from 'fast-check';
import { nasty, nastyJson, nastyNumber, spoilt } from './strings.js';

export interface HostileRequest {
  method: string;
  /** The request target, byte for byte. */
  target: string;
  headers: Record<string, string>;
  body?: string | Buffer;
}

/** What a request target may hold at all; the rest is percent-encoded, as it is or twice. */
const encoded = (text: string): string => encodeURIComponent(text.toWellFormed());
const segment: fc.Arbitrary<string> = fc.oneof(
  nasty(30).map(encoded),
  nasty(30).map((text) => encoded(encoded(text))),
  fc.constantFrom(
    'lobby',
    'me',
    '%',
    '%zz',
    '%c0%ae',
    '%ff%fe',
    '..%2f..%2f',
    '..\\',
    '.',
    '..',
    ';',
  ),
  fc.string({ unit: 'grapheme-ascii', maxLength: 20 }).map((text) => text.replace(/[\s#]/g, '')),
);

const paths: readonly ((id: string, other: string) => string)[] = [
  () => 'courses',
  () => 'courses/suggest',
  () => 'courses/import',
  (id) => `courses/${id}`,
  (id) => `courses/${id}/publish`,
  (id) => `courses/${id}/enrolment`,
  (id) => `courses/${id}/progress`,
  (id) => `courses/${id}/rating`,
  (id) => `courses/${id}/similar`,
  () => 'users/me',
  () => 'users/me/enrolments',
  (id) => `users/${id}`,
  () => 'auth/login',
  () => 'auth/refresh',
  () => 'auth/logout',
  () => 'recommendations',
  (id) => `recommendations/${id}`,
  () => 'interactions',
  () => 'rooms',
  (id) => `rooms/${id}`,
  (id) => `rooms/${id}/members`,
  (id, other) => `rooms/${id}/members/${other}`,
  (id) => `rooms/${id}/messages`,
  (id, other) => `rooms/${id}/messages/${other}`,
  (id, other) => `rooms/${id}/messages/${other}/reactions/${other}`,
  (id) => `rooms/${id}/read`,
  (id) => `rooms/${id}/presence`,
  () => 'messages/search',
  (id, other) => `${id}/${other}`,
];

const path = fc
  .tuple(fc.constantFrom(...paths), segment, segment)
  .map(([make, id, other]) => `/api/v1/${make(id, other)}`);

const trick = fc
  .oneof(
    fc.array(
      fc.constantFrom('..', '%2e%2e', '.', '', 'api', 'docs', 'v1', '..%5c', '%00', 'etc/passwd'),
      {
        minLength: 1,
        maxLength: 12,
      },
    ),
  )
  .map((parts) => `/${parts.join('/')}`);

const names = ['limit', 'cursor', 'q', 'sort', 'level', 'tag', 'facets', 'before', 'after', 'room'];
const query = fc
  .array(
    fc.tuple(
      fc.oneof(fc.constantFrom(...names), nasty(15)),
      fc.oneof(nasty(), nastyNumber.map(String), fc.base64String()),
    ),
    { maxLength: 4 },
  )
  .map((pairs) => pairs.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&'));

const bodies = [
  { cid: 'hostile', text: 'x' },
  { seq: 1 },
  { kind: 'group', name: 'x', members: [] },
  { username: 'x', password: 'y' },
  { refreshToken: 'x' },
  { lessonId: 'x', completed: true },
  { stars: 5 },
  { name: 'x', bio: 'y' },
  { events: [{ type: 'view', courseId: 'x' }] },
];

const body: fc.Arbitrary<string | Buffer | undefined> = fc.oneof(
  { weight: 3, arbitrary: fc.constant(undefined) },
  {
    weight: 4,
    arbitrary: fc
      .constantFrom(...bodies)
      .chain((good) => spoilt(good))
      .map((value) => JSON.stringify(value)),
  },
  { weight: 3, arbitrary: nastyJson.map((value) => JSON.stringify(value)) },
  { weight: 1, arbitrary: nasty(200).map((text) => text.toWellFormed()) },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes)) },
);

const printable = fc.string({ unit: 'grapheme-ascii', maxLength: 40 });
const extraHeader = fc.constantFrom(
  'if-match',
  'if-none-match',
  'idempotency-key',
  'accept',
  'accept-language',
  'x-request-id',
  'origin',
  'range',
  'content-encoding',
  'x-forwarded-for',
);

/** Requests nobody should send; `token` is of a student, and given with some of them. */
export const hostileRequest = (token: string): fc.Arbitrary<HostileRequest> =>
  fc
    .record({
      method: fc.oneof(
        { weight: 8, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'PATCH', 'DELETE') },
        { weight: 1, arbitrary: fc.constantFrom('HEAD', 'OPTIONS', 'PROPFIND', 'TRACE') },
      ),
      path: fc.oneof({ weight: 8, arbitrary: path }, { weight: 1, arbitrary: trick }),
      query,
      body,
      type: fc.oneof(
        { weight: 6, arbitrary: fc.constant('application/json') },
        {
          weight: 1,
          arbitrary: fc.constantFrom('text/plain', 'application/json; charset=x', ';', 'text/csv'),
        },
      ),
      authorization: fc.oneof(
        { weight: 4, arbitrary: fc.constant(`Bearer ${token}`) },
        { weight: 1, arbitrary: fc.constant(undefined) },
        { weight: 1, arbitrary: printable },
        { weight: 1, arbitrary: printable.map((text) => `Bearer ${text}`) },
      ),
      extra: fc.dictionary(extraHeader, printable, { maxKeys: 2 }),
    })
    .map(({ method, path: target, query: asked, body: sent, type, authorization, extra }) => ({
      method,
      target: asked === '' ? target : `${target}?${asked}`,
      headers: {
        ...extra,
        ...(authorization !== undefined && { authorization }),
        ...(sent !== undefined && { 'content-type': type }),
      },
      ...(sent !== undefined && { body: sent }),
    }));

/** Bytes that are not HTTP, or two kinds of it at once. */
export const rawRequest: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    'GET / HTTP/9.9\r\n\r\n',
    'GET /\u0001 HTTP/1.1\r\nHost: x\r\n\r\n',
    'GET / HTTP/1.1\r\n\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n',
    'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    'POST /api/v1/auth/login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
    'GET / HTTP/1.1\r\nHost: x\r\nBad Header: y\r\n\r\n',
    `GET / HTTP/1.1\r\nHost: x\r\nX: ${'y'.repeat(40_000)}\r\n\r\n`,
    `GET /${'a'.repeat(40_000)} HTTP/1.1\r\nHost: x\r\n\r\n`,
    'NONSENSE\r\n\r\n',
  ),
  fc
    .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 80 })
    .map((garbage) => `!${garbage.replaceAll('\r', '')}\r\n\r\n`),
);
