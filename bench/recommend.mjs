#!/usr/bin/env node
// Latency of personal recommendations at a given rate while a model is trained, beside that of /health/live, which
// does nothing, in the same run.
import { setTimeout as sleep } from 'node:timers/promises';
import { suite } from './lib/compare.mjs';
import { number as spelt } from './lib/figures.mjs';
import { run } from './lib/load.mjs';
import { options } from './lib/options.mjs';
import { start } from './lib/server.mjs';
import { maxiaoke } from './lib/setup.mjs';
import { startStore } from './lib/stores.mjs';
import { token } from './lib/token.mjs';

const given = options({
  courses: { type: 'string', default: '10000' },
  users: { type: 'string', default: '10000' },
  events: { type: 'string', default: '30' },
  rate: { type: 'string', default: '200' },
  seconds: { type: 'string', default: '20' },
  stores: { type: 'string', default: 'sqlite,postgres' },
});
const { courses, users, events, rate, scale } = given;
const seconds = given.seconds * scale;
const admin = token('admin', 'Administrator', ['admin']);

/** mulberry32: the same data each time. */
function seeded(state) {
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function post(port, path, body, type = 'application/json') {
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${admin}`, 'content-type': type },
    body,
  });
  const said = await answer.json();
  if (!answer.ok || said.failed > 0 || said.rejected?.length > 0)
    throw new Error(`${path}: ${answer.status} ${JSON.stringify(said).slice(0, 300)}`);
  return said;
}

const together = 50;

/** The first request of a token makes its bearer's account. */
async function makeAccount(port, user) {
  const authorization = `Bearer ${token(`user-${user}`, `User ${user}`)}`;
  const answer = await fetch(`http://127.0.0.1:${port}/api/v1/users/me`, {
    headers: { authorization },
  });
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`users/me: ${answer.status}`);
}

/** Courses in 50 subjects, the more popular ones first in each; users have two subjects that they mostly take of. */
async function fill({ port }) {
  const subjects = 50;
  const rows = Array.from({ length: courses }, (_, at) =>
    JSON.stringify({
      slug: `course-${at}`,
      title: `Course ${at} of subject ${at % subjects}`,
      language: at % 3 === 0 ? 'zh' : 'en',
      level: ['beginner', 'intermediate', 'advanced'][at % 3],
      category: `subject ${at % subjects}`,
      tags: [`tag ${at % 97}`, `tag ${at % 89}`],
      status: 'published',
    }),
  );
  await post(port, 'courses/import', rows.join('\n'), 'application/x-ndjson');
  const ids = [];
  for (let next = ''; next !== null;) {
    const url = `http://127.0.0.1:${port}/api/v1/courses?sort=title&limit=100${next && `&cursor=${encodeURIComponent(next)}`}`;
    const page = await (await fetch(url)).json();
    for (const { id, slug } of page.items) ids[Number(slug.slice('course-'.length))] = id;
    next = page.next;
  }
  const random = seeded(5);
  const ofSubject = Math.floor(courses / subjects);
  let batch = [];
  const send = async () => {
    if (batch.length > 0) await post(port, 'interactions', JSON.stringify({ events: batch }));
    batch = [];
  };
  for (let user = 0; user < users; user += 1) {
    const liked = [Math.floor(random() * subjects), Math.floor(random() * subjects)];
    for (let n = 0; n < events; n += 1) {
      const subject = random() < 0.8 ? liked[n % 2] : Math.floor(random() * subjects);
      const place = Math.min(ofSubject - 1, Math.floor(ofSubject ** random()) - 1);
      const courseId = ids[Math.max(0, place) * subjects + subject];
      batch.push({ type: 'enrol', courseId, userId: `user-${user}` });
      if (batch.length === 1000) await send();
    }
  }
  await send();
  for (let user = 0; user < users; user += together) {
    const some = Array.from({ length: Math.min(together, users - user) }, (_, n) => user + n);
    await Promise.all(some.map((n) => makeAccount(port, n)));
  }
  return ids;
}

async function metric({ port }, name) {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && !line.startsWith('#'))
    .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

async function until(what, look) {
  const deadline = Date.now() + 900_000;
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`not in time: ${what}`);
    await sleep(200);
  }
}

async function filled(store) {
  const server = await start(maxiaoke({ DATA_STORE: store, TRAIN_EVERY: '0' }));
  try {
    return await fill(server);
  } finally {
    await server.stop();
  }
}

/** One training follows the other: there is always something new. */
const training = {
  TRAIN_EVERY: '1',
  TRAIN_MIN_EVENTS: '1',
  TRAIN_MARGIN: '1',
  TRAIN_BUDGET: '30',
};

async function measure(contender, ids) {
  const server = await start(contender);
  let measuring = true;
  const samples = [];
  try {
    await until('a model', () => metric(server, 'maxiaoke_model_trained_timestamp_seconds'));
    const before = await metric(server, 'maxiaoke_trainings_total');
    const news = (async () => {
      while (measuring) {
        const event = { type: 'view', courseId: ids[0], userId: 'somebody-else' };
        await post(server.port, 'interactions', JSON.stringify({ events: [event] }));
        samples.push((await metric(server, 'maxiaoke_training_progress')) > 0);
        await sleep(1000);
      }
    })();
    // Once a process everything is read; that is a tenth of the progress, and rests far more than it works.
    await until(
      'a training',
      async () => (await metric(server, 'maxiaoke_training_progress')) > 0.1,
    );
    const settings = { users, rate, seconds, warmUp: seconds / 4 };
    const report = await run('recommend.mjs', server, settings).finally(() => (measuring = false));
    await news;
    const { p50, p99, p99Live, p99AboveLive, cpuSeconds, loadCores } = report;
    return {
      ...{ p99AboveLive, p99, p50, p99Live, loadCores },
      cores: cpuSeconds / seconds,
      trainingShare: samples.filter(Boolean).length / samples.length,
      trainings: (await metric(server, 'maxiaoke_trainings_total')) - before,
    };
  } finally {
    measuring = false;
    await server.stop();
  }
}

const { compare } = suite('recommend', given);
for (const store of given.stores.split(',')) {
  const running = await startStore(store);
  const url = await running.fresh();
  console.error(`${store}: filling`);
  const ids = await filled(url);
  await compare({
    work: `${spelt(courses)} courses, ${spelt(users)} users with ${events} events, ${spelt(rate)} requests a second, ${store}`,
    figure: 'p99AboveLive',
    contenders: [maxiaoke({ DATA_STORE: url, ...training })],
    wanted: [{ figure: 'p99AboveLive', atMost: 5 }],
    measure: (contender) => measure(contender, ids),
  });
  await running.stop();
}
