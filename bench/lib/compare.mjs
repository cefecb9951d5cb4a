import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { figures as known, inWords, judge, shown } from './figures.mjs';
import { machine } from './machine.mjs';
import { bench } from './setup.mjs';

/** Fewer are for trying things out, and are not kept. */
const leastRounds = 3;

function summary(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}

/**
 * Measures each contender once a round, every other round in the other order, so that none always
 * has the warmer machine.
 * @returns per contender name and figure `{median, least, most}`
 */
async function interleaved(contenders, rounds, measure, title) {
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      console.error(`${title}: round ${round + 1} of ${rounds}: ${contender.name}`);
      samples.get(contender.name).push(await measure(contender));
    }
  }
  return Object.fromEntries(
    [...samples].map(([name, list]) => [
      name,
      Object.fromEntries(
        Object.keys(list[0]).map((figure) => [figure, summary(list.map((s) => s[figure]))]),
      ),
    ]),
  );
}

/** Keeps an entry in `bench/results/<name>.json`, in place of the one of the same work. */
function keep(name, entry) {
  const file = join(bench, 'results', `${name}.json`);
  mkdirSync(join(bench, 'results'), { recursive: true });
  let results = [];
  try {
    ({ results } = JSON.parse(readFileSync(file, 'utf8')));
  } catch (error) {
    if (error.code !== 'ENOENT') throw error;
  }
  const at = results.findIndex(({ work }) => work === entry.work);
  if (at >= 0) results[at] = entry;
  else results.push(entry);
  writeFileSync(file, `${JSON.stringify({ results }, null, 2)}\n`);
  console.error(`→ ${file}`);
}

/**
 * A benchmark by name, under the options of `options()`. `compare` measures one work of all contenders, the first of
 * which is ours, says how they stand and keeps it: at once, so that a run that is stopped keeps what it has.
 */
export function suite(name, { only, profile, ...settings }) {
  const { rounds, scale } = settings;
  const wants = (work) => new RegExp(only).test(work);

  /** @param measure `(contender) → {figure: number}`; `figure` is the one the chart shows */
  async function compare({ work, figure, contenders, measure, wanted = [] }) {
    if (!wants(work)) return;
    if (profile) {
      console.log(work, await measure({ ...contenders[0], profile }));
      return;
    }
    const figures = await interleaved(contenders, rounds, measure, work);
    const verdicts = wanted.map((one) => judge(figures, one));
    console.log(work);
    for (const [contender, measured] of Object.entries(figures)) {
      const parts = Object.entries(measured).map(
        ([what, value]) => `${known[what].title}: ${shown(value, known[what])}`,
      );
      console.log(`  ${contender.padEnd(12)} ${parts.join(' · ')}`);
    }
    for (const verdict of verdicts)
      console.log(`  ${inWords(verdict)}: ${verdict.reached ? 'reached' : 'MISSED'}`);
    if (rounds >= leastRounds && scale === 1)
      keep(name, { work, figure, figures, verdicts, measured: { settings, ...machine() } });
  }

  return { wants, compare };
}
