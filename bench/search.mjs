#!/usr/bin/env node
// How long a search among 10,000 and 100,000 courses takes, and the memory its index is, against MiniSearch.
import { fork } from 'node:child_process';
import { join } from 'node:path';
import { compile, sourcesIn } from '../test/support/compile.mjs';
import { atExit } from './lib/at-exit.mjs';
import { suite } from './lib/compare.mjs';
import { options } from './lib/options.mjs';
import { bench, peer } from './lib/setup.mjs';

const given = options({
  sizes: { type: 'string', default: '10000,100000' },
  passes: { type: 'string', default: '5' },
});
const { compare } = suite('search', given);
peer('minisearch', 'minisearch.mjs'); // installs it
compile(sourcesIn('test/search'));

/** In a process of its own: what one leaves in memory is not the other's. */
function measure(way, courses) {
  const settings = { way: way.name, courses, rounds: given.passes };
  const child = fork(join(bench, 'load/search.mjs'), [JSON.stringify(settings)]);
  const gone = atExit(() => child.kill());
  return new Promise((resolve, reject) => {
    child.once('message', ({ p50, p95, p99, megabytesGrown, fillSeconds }) =>
      resolve({ p50, p95, p99, megabytesGrown, fillSeconds }),
    );
    child.once('exit', (code) => reject(new Error(`the search ended early, with ${code}`)));
  }).finally(() => {
    child.kill();
    gone();
  });
}

for (const size of String(given.sizes).split(',').map(Number)) {
  const courses = size * given.scale;
  await compare({
    work: `${courses.toLocaleString('en-US')} courses`,
    figure: 'p95',
    contenders: [{ name: 'maxiaoke' }, { name: 'minisearch' }],
    wanted: [
      { figure: 'p95', against: 'minisearch', timesLess: 1 },
      ...(size >= 100_000 ? [{ figure: 'megabytesGrown', neverAbove: 150 }] : []),
    ],
    measure: (way) => measure(way, courses),
  });
}
process.exit();
