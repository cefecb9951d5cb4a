import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check } from '../checker/index.js';
import type { ChaosRecord } from '../record.js';
import { story } from './story.js';
import { figures, table } from './table.js';

/** Violations of one kind that are told; the first story is worth more than the hundredth. */
const storiesOfAKind = 2;

/** Prints a run and what is wrong with it. @returns whether nothing is */
export function report(title: string, record: ChaosRecord, print: (text: string) => void): boolean {
  const found = check(record);
  print(`\n${title}\n\n${table(figures(record, found))}\n`);
  const told = new Map<string, number>();
  for (const violation of found) {
    const before = told.get(violation.kind) ?? 0;
    told.set(violation.kind, before + 1);
    if (before < storiesOfAKind) print(`\n${story(record, violation)}`);
  }
  if (found.length > 0) print(`\n${found.length} violations. The same faults again: ${title}`);
  return found.length === 0;
}

/** Keeps what a violation is looked into with: the record, and what the replicas logged. */
export function keep(folder: string, record: ChaosRecord, logs: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'record.json'), JSON.stringify(record));
  cpSync(logs, folder, { recursive: true, filter: (path) => !/auth\.secret/.test(path) });
}
