#!/usr/bin/env node
// Requests per second of server CPU: a list of 20 courses, whole (200) and unchanged (304), from
// Maxiaoke and from Nest on Express with an array in memory, interleaved.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { suite } from './lib/compare.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { start } from './lib/server.mjs';
import { maxiaoke, peer } from './lib/setup.mjs';
import { token } from './lib/token.mjs';

const given = options({ connections: { type: 'string', default: '32' } });
const { connections, scale } = given;
const path = '/api/v1/courses?limit=20';
const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The demo catalogue as Maxiaoke answers it, for the peer's array. */
async function demoCatalogue() {
  const server = await start(maxiaoke({ DEMO: 'on' }));
  try {
    const answer = await fetch(`http://127.0.0.1:${server.port}/api/v1/courses?limit=100`);
    return (await answer.json()).items;
  } finally {
    await server.stop();
  }
}

const courses = await demoCatalogue();
const ours = maxiaoke({ DEMO: 'on' });
const sqlite = maxiaoke({ DEMO: 'on', DATA_STORE: `sqlite:${join(folder, 'maxiaoke.db')}` });
// The faster ones get more to do, so that each is measured over seconds of CPU.
const contenders = [
  { ...ours, requests: 120_000 },
  { ...sqlite, name: 'maxiaoke on sqlite', requests: 120_000 },
  // A token is verified and its bearer let in before the cache is asked.
  { ...ours, name: 'maxiaoke, signed in', requests: 60_000, token: token('reader', 'Reader') },
  {
    ...peer('Nest on Express', 'nest-express.mjs', { COURSES: JSON.stringify(courses) }),
    requests: 30_000,
  },
];

async function measure(contender, status) {
  const server = await start(contender);
  const requests = Math.round(contender.requests * scale);
  try {
    const { seconds, cpuSeconds, bytes } = await run('http.mjs', server, {
      path,
      status,
      token: contender.token,
      slugs: courses.slice(0, 20).map(({ slug }) => slug),
      connections,
      requests,
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
for (const status of [200, 304])
  await compare({
    work: `20 courses, ${status}`,
    figure,
    contenders,
    wanted: ['maxiaoke', 'maxiaoke on sqlite'].map((ours) => ({
      ...{ figure, ours, against: 'Nest on Express', timesMore: 4 },
    })),
    measure: (contender) => measure(contender, status),
  });
