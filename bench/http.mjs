#!/usr/bin/env node
// Requests per second of server CPU: a list of 20 courses and one course, whole (200) and unchanged (304),
// from Maxiaoke on its stores, from Nest on Express with an array in memory, and from node:http alone, which
// sends bytes that it was given; interleaved.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from './lib/compare.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { start } from './lib/server.mjs';
import { maxiaoke, peer } from './lib/setup.mjs';
import { startStore } from './lib/stores.mjs';
import { token } from './lib/token.mjs';

const given = options({ connections: { type: 'string', default: '32' } });
const { connections, scale } = given;
const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const list = '/api/v1/courses?limit=20';

/** Of one request or connection: the peer makes its own. */
const passing = ['x-request-id', 'date', 'connection', 'keep-alive', 'transfer-encoding'];

async function answerOf(url, headers = {}) {
  const answer = await fetch(url, { headers });
  const kept = [...answer.headers].filter(([name]) => !passing.includes(name));
  return { headers: kept.flat(), etag: answer.headers.get('etag'), body: await answer.text() };
}

/** What peers serve: the demo catalogue as data, and Maxiaoke's answers as bytes. */
async function catalogue() {
  const server = await start(maxiaoke({ DEMO: 'on' }));
  const at = (path) => `http://127.0.0.1:${server.port}${path}`;
  const json = async (path) => (await fetch(at(path))).json();
  try {
    const { items } = await json('/api/v1/courses?limit=100');
    const courses = await Promise.all(items.map(({ id }) => json(`/api/v1/courses/${id}`)));
    const detail = `/api/v1/courses/${items[0].slug}`;
    const answers = {};
    for (const path of [list, detail]) {
      const whole = await answerOf(at(path));
      const unchanged = await answerOf(at(path), { 'if-none-match': whole.etag });
      answers[path] = { etag: whole.etag, whole, unchanged };
    }
    const file = join(folder, 'catalogue.json');
    writeFileSync(file, JSON.stringify({ items, courses, answers }));
    return { file, detail, slugs: items.slice(0, 20).map(({ slug }) => slug) };
  } finally {
    await server.stop();
  }
}

const { file, detail, slugs } = await catalogue();
const postgres = await startStore('postgres');
// A catalogue that was just made would have its first training while others are measured without one.
const serving = { DEMO: 'on', TRAIN_EVERY: '0' };
const ours = maxiaoke(serving);
const on = (store, url) => ({
  ...maxiaoke({ ...serving, DATA_STORE: url }),
  name: `maxiaoke on ${store}`,
  requests: 120_000,
});
// The faster ones get more to do, so that each is measured over seconds of CPU.
const stored = [
  on('sqlite', `sqlite:${join(folder, 'maxiaoke.db')}`),
  on('postgres', await postgres.fresh()),
];
const peers = [
  { ...peer('Nest on Express', 'nest-express.mjs', { CATALOGUE: file }), requests: 30_000 },
  { ...peer('node:http alone', 'node-http.mjs', { CATALOGUE: file }), requests: 150_000 },
];
const inMemory = [
  { ...ours, requests: 120_000 },
  // A token is verified and its bearer let in before the cache is asked.
  { ...ours, name: 'maxiaoke, signed in', requests: 60_000, token: token('reader', 'Reader') },
];

async function measure(contender, { path, status, slugs }) {
  const server = await start(contender);
  const requests = Math.round(contender.requests * scale);
  try {
    const { seconds, cpuSeconds, bytes } = await run('http.mjs', server, {
      ...{ path, status, slugs, connections, requests },
      token: contender.token,
      warmUp: Math.ceil(requests / 3),
    });
    return {
      requestsPerCpuSecond: requests / cpuSeconds,
      requestsPerSecond: requests / seconds,
      bytesPerAnswer: bytes,
    };
  } finally {
    await server.stop();
  }
}

const figure = 'requestsPerCpuSecond';
const { compare } = suite('http', given);
const wanted = (names, status) =>
  names.flatMap((ours) => [
    { figure, ours, against: 'Nest on Express', timesMore: status === 200 ? 6 : 7.5 },
    { figure, ours, against: 'node:http alone', timesMore: 0.75 },
  ]);
const works = [
  { what: '20 courses', path: list, slugs, contenders: [...inMemory, ...stored, ...peers] },
  { what: 'one course', path: detail, slugs: [slugs[0]], contenders: [...stored, ...peers] },
];
try {
  for (const { what, contenders, ...asked } of works)
    for (const status of [200, 304])
      await compare({
        work: `${what}, ${status}`,
        figure,
        contenders,
        wanted: wanted(
          stored.map(({ name }) => name),
          status,
        ),
        measure: (contender) => measure(contender, { ...asked, status }),
      });
} finally {
  await postgres.stop();
}
