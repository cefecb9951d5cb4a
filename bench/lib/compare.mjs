import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { bench } from './setup.mjs';

export function summary(values) {
  const sorted = [...values].sort((one, other) => one - other);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  return { median, least: sorted[0], most: sorted.at(-1) };
}

export const shown = ({ median, least, most }, digits = 2) =>
  `${median.toFixed(digits)} (${least.toFixed(digits)}–${most.toFixed(digits)})`;

/**
 * Measures each contender once a round, every other round in the other order, so that none always
 * has the warmer machine.
 * @param measure `(contender) → {figure: number}`
 * @returns per contender name and figure `{median, least, most}`
 */
export async function interleaved(contenders, rounds, measure, title = '') {
  const samples = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse();
    for (const contender of order) {
      console.error(`${title} round ${round + 1} of ${rounds}: ${contender.name}`);
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

/** Writes `bench/results/<name>.json`. */
export function save(name, result) {
  const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
  mkdirSync(join(bench, 'results'), { recursive: true });
  const file = join(bench, 'results', `${name}.json`);
  writeFileSync(file, `${JSON.stringify({ machine, ...result }, null, 2)}\n`);
  return file;
}
