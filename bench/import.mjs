#!/usr/bin/env node
// Courses per second and peak memory of `maxiaoke import courses`: a generated file into an empty SQLite store, the
// search document of each course with it; then the same file again, of which nothing is new.
import { spawn } from 'node:child_process';
import { createWriteStream, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { atExit } from './lib/at-exit.mjs';
import { suite } from './lib/compare.mjs';
import { courseRow } from './lib/course-rows.mjs';
import { options } from './lib/options.mjs';
import { maxiaoke } from './lib/setup.mjs';

const given = options({ courses: { type: 'string', default: '100000' } });
const count = Math.round(Number(given.courses) * given.scale);
const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, 'courses.ndjson');

async function generate() {
  const out = createWriteStream(file);
  for (let n = 0; n < count; n += 1)
    if (!out.write(`${JSON.stringify(courseRow(n))}\n`)) await once(out, 'drain');
  out.end();
  await once(out, 'close');
}

/** Runs a command to its end. @returns what it wrote, and the most memory that the system saw it have, bytes */
async function run(url, ...args) {
  const { script, node, env } = maxiaoke({ DATA_STORE: url });
  const child = spawn(process.execPath, [...node, script, ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const gone = atExit(() => child.kill('SIGKILL'));
  let [said, peak] = ['', 0];
  child.stdout.setEncoding('utf8').on('data', (text) => (said += text));
  const timer = setInterval(() => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peak = Math.max(peak, Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024);
    } catch {
      // It ended meanwhile.
    }
  }, 50);
  const [code] = await once(child, 'close');
  clearInterval(timer);
  gone();
  if (code !== 0) throw new Error(`maxiaoke ${args.join(' ')} ended with ${code}`);
  return { said, peak };
}

let rounds = 0;
async function measure({ again }) {
  const url = `sqlite:${join(folder, `${(rounds += 1)}.db`)}`;
  await run(url, 'user', 'add', 'importer', '--role', 'instructor');
  const load = ['import', 'courses', file, '--instructor', 'importer', '--json'];
  if (again) await run(url, ...load);
  const began = performance.now();
  const { said, peak } = await run(url, ...load);
  const seconds = (performance.now() - began) / 1000;
  const { created, unchanged, failed } = JSON.parse(said);
  if (failed > 0 || (again ? unchanged : created) !== count) throw new Error(said);
  return { coursesPerSecond: count / seconds, peakMegabytes: peak / 2 ** 20 };
}

await generate();
const { compare } = suite('import', given);
const figure = 'coursesPerSecond';
const bounds = [
  { figure, atLeast: 2000 },
  { figure: 'peakMegabytes', neverAbove: 300 },
];
const shown = count.toLocaleString('en-US');
for (const again of [false, true])
  await compare({
    work: `${shown} courses, ${again ? 'stored before' : 'all new'}`,
    figure,
    contenders: [{ name: 'maxiaoke', again }],
    wanted: bounds,
    measure,
  });
