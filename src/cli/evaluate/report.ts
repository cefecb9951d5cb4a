import type { EvaluateReport } from './evaluate.js';
import type { AlgorithmRow } from './messages.js';

const columns: readonly [string, (row: AlgorithmRow, k: number) => string][] = [
  ['algorithm', ({ name }) => name],
  ['nDCG', ({ ndcg }) => ndcg.toFixed(4)],
  ['MAP', ({ map }) => map.toFixed(4)],
  ['precision', ({ precision }) => precision.toFixed(4)],
  ['recall', ({ recall }) => recall.toFixed(4)],
  ['MRR', ({ mrr }) => mrr.toFixed(4)],
  ['coverage', ({ coverage }) => coverage.toFixed(3)],
  ['novelty', ({ novelty }) => novelty.toFixed(2)],
  ['diversity', ({ diversity }) => diversity.toFixed(3)],
  ['train s', ({ trainSeconds }) => trainSeconds.toFixed(2)],
  ['choose s', ({ chooseSeconds }) => chooseSeconds.toFixed(1)],
  ['peak MB', ({ peakMb }) => peakMb.toFixed(0)],
];

/** A row an algorithm, for people. */
export function tableOf({ k, users, algorithms }: EvaluateReport): string {
  const rows = [
    columns.map(([title]) => title),
    ...algorithms.map((row) => columns.map(([, shown]) => shown(row, k))),
  ];
  const widths = columns.map((_, at) => Math.max(...rows.map((row) => row[at]!.length)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!)))
      .join('  '),
  );
  return [`top ${k} of the whole catalogue, ${users} users with held-out items`, ...lines].join(
    '\n',
  );
}
