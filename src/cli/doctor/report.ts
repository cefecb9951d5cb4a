import type { Finding } from '#libs/state';
import { exit } from '../run.js';
import type { Diagnosis } from './doctor.js';

const marks: Record<Finding['level'], string> = { problem: '✗', warning: '!', note: '·' };

const has = ({ findings }: Diagnosis, level: Finding['level']): boolean =>
  findings.some((finding) => finding.level === level);

/** 0 where all is well, warnings and notes included; 69 where a store does not answer; 78 where one has a problem. */
export function exitCodeOf(diagnoses: readonly Diagnosis[]): number {
  if (diagnoses.some(({ reachable }) => !reachable)) return exit.unavailable;
  return diagnoses.some((diagnosis) => has(diagnosis, 'problem')) ? exit.config : 0;
}

/** For reading: a line a store, its findings below it, a summary at the end. */
export const report = (diagnoses: readonly Diagnosis[]): string =>
  [...diagnoses.flatMap(lines), summary(diagnoses)].join('\n');

function lines(diagnosis: Diagnosis): string[] {
  const { variable, adapter, reachable, findings } = diagnosis;
  const mark =
    !reachable || has(diagnosis, 'problem') ? '✗' : has(diagnosis, 'warning') ? '!' : '✓';
  return [
    `${mark} ${variable.padEnd(13)}  ${adapter.padEnd(8)}  ${facts(diagnosis)}`,
    ...findings.flatMap(({ level, what, advice }) => [
      `    ${marks[level]} ${level}: ${what}`,
      `      → ${advice}`,
    ]),
  ];
}

function facts({ reachable, version, durability, latencyMs, clockSkewMs }: Diagnosis): string {
  if (!reachable) return 'does not answer';
  if (version === undefined) return 'must not be used as it is';
  return [
    version,
    `durability ${durability}`,
    `${latencyMs} ms`,
    ...(clockSkewMs === undefined
      ? []
      : [`clock ${clockSkewMs < 0 ? '−' : '+'}${Math.abs(Math.round(clockSkewMs))} ms`]),
  ].join(', ');
}

function summary(diagnoses: readonly Diagnosis[]): string {
  const findings = diagnoses.flatMap((diagnosis) => diagnosis.findings);
  const count = (level: Finding['level'], word: string) => {
    const found = findings.filter((finding) => finding.level === level).length;
    return `${found} ${word}${found === 1 ? '' : 's'}`;
  };
  return `${diagnoses.length} stores, ${count('problem', 'problem')}, ${count('warning', 'warning')}`;
}
