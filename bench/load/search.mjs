// One index of generated courses in this process: how long its answers take, and how much memory it is.
import { join } from 'node:path';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { percentile } from '../lib/figures.mjs';
import { searchCases } from '../lib/searches.mjs';
import { root } from '../lib/setup.mjs';

const { way, courses, rounds } = JSON.parse(process.argv[2]);
const { catalogue } = await import(join(root, 'dist/test/search/catalogue.js'));
const { SearchIndex, encodeDocument } = await import(join(root, 'dist/libs/search/src/index.js'));
const queries = searchCases();

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc');

function resident() {
  collect();
  collect();
  return process.memoryUsage().rss / 2 ** 20;
}

function ours() {
  const index = new SearchIndex();
  return {
    put: (course) => index.put(course.id, encodeDocument(course), course.facts),
    search: (text, filter) =>
      index.search({
        text,
        filter: { ...filter, status: ['published'] },
        sort: 'relevance',
        limit: 20,
      }).hits,
  };
}

const theirs = async () => (await import('../lib/minisearch.mjs')).miniSearch();

const made = async () => (way === 'minisearch' ? theirs() : ours());

// What making the courses and having used the code at all leaves behind is not the index's.
const tried = await made();
for (const course of catalogue(500)) tried.put(course);
for (const { q, filter = {} } of queries) tried.search(q, filter);
for (const course of catalogue(courses)) void course;
const before = resident();

const began = performance.now();
const index = await made();
for (const course of catalogue(courses)) index.put(course);
const fillSeconds = (performance.now() - began) / 1000;
const megabytesGrown = resident() - before;

for (const { q, filter = {} } of queries) index.search(q, filter);
const millis = [];
for (let round = 0; round < rounds; round += 1)
  for (const { q, filter = {} } of queries) {
    const start = performance.now();
    index.search(q, filter);
    millis.push(performance.now() - start);
  }
process.send({
  p50: percentile(millis, 0.5),
  p95: percentile(millis, 0.95),
  p99: percentile(millis, 0.99),
  megabytesGrown,
  fillSeconds,
});
