// Plants deliberate bugs in copies of the adapters, one at a time, and reports whether the contract suite
// catches each: `npm run test:mutants [-- name of an adapter, or part of a mutant's name]`.
import { spawn } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root, setUp } from './setup.mjs';
import { mutants } from '../test/mutants/mutants.mjs';

const wanted = process.argv.slice(2);
const tries = mutants
  .flatMap((mutant) => mutant.adapters.map((adapter) => ({ ...mutant, adapter })))
  .filter(
    ({ adapter, name }) =>
      wanted.length === 0 || wanted.some((word) => adapter === word || name.includes(word)),
  );

await setUp();
const { announcementVariable, lack, ServersOfRun } =
  await import('../test/support/servers/load.mjs');
const embedded = ['memory', 'sqlite'];
const kinds = [...new Set(tries.map(({ adapter }) => adapter))].filter(
  (name) => !embedded.includes(name),
);
const lacking = process.env.CI === 'true' ? [] : kinds.filter((name) => lack(name));
process.env.STORES = kinds.filter((name) => !lacking.includes(name)).join(',');

const copy = mkdtempSync(join(tmpdir(), 'maxiaoke-mutants-'));
const servers = new ServersOfRun();

async function leave(code) {
  await servers.stop();
  rmSync(copy, { recursive: true, force: true });
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void leave(130));

function makeCopy() {
  for (const name of ['libs', 'src', 'test', 'config', 'package.json', 'tsconfig.json'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  for (const name of ['jest.config.cjs', 'jest.stores.config.cjs', 'jest.mutants.config.cjs'])
    cpSync(join(root, name), join(copy, name));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
}

const testsOf = ({ adapter, suite, test = '' }) => `^${suite} ${adapter} ${test}`;

/** Runs the tests that have to catch a mutant in the copy; gives Jest's report. */
function run(mutant, announcement) {
  const { adapter } = mutant;
  const path = mutant.spec ?? `libs/state/adapters/${adapter}/${adapter}.spec.ts`;
  const kinds = { urls: { [adapter]: announcement.urls[adapter] }, missing: {} };
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const args = [
    'node_modules/jest/bin/jest.js',
    ...['--config', 'jest.mutants.config.cjs', '--runInBand', '--json', '--outputFile', report],
    // A mutant may well leave something running.
    '--forceExit',
    ...['-t', testsOf(mutant), path],
  ];
  return new Promise((resolve, reject) => {
    const env = { ...process.env, [announcementVariable]: JSON.stringify(kinds) };
    const child = spawn(process.execPath, args, { cwd: copy, env, stdio: 'ignore' });
    // One that never ends is caught, too.
    const timer = setTimeout(() => child.kill('SIGKILL'), 300_000);
    child.once('error', reject);
    child.once('exit', (_code, signal) => {
      clearTimeout(timer);
      if (signal === 'SIGKILL')
        return resolve({ numFailedTests: 1, numPassedTests: 0, hung: true });
      if (!existsSync(report)) return reject(new Error(`"${mutant.name}": Jest did not report`));
      resolve(JSON.parse(readFileSync(report, 'utf8')));
    });
  });
}

/** The first test that failed, or why none ran. */
function told(report) {
  if (report.hung) return 'no end within five minutes';
  const results = report.testResults.flatMap(({ assertionResults }) => assertionResults);
  return results.find(({ status }) => status === 'failed')?.fullName ?? '';
}

/** Without a bug they pass: what fails anyway catches nothing. */
const sound = new Set();
async function expectSound(mutant, announcement) {
  const tests = testsOf(mutant);
  if (sound.has(tests)) return;
  const report = await run(mutant, announcement);
  if (report.numFailedTests > 0 || report.numPassedTests === 0)
    throw new Error(`without any bug planted: ${told(report)} fails, or no test is "${tests}"`);
  sound.add(tests);
}

let survivors = 0;
let caught = 0;
try {
  makeCopy();
  const announcement = await servers.start();
  for (const mutant of tries.filter(({ adapter }) => !lacking.includes(adapter))) {
    const { adapter, name, file, find, replace } = mutant;
    const path = join(copy, 'libs/state/adapters', file);
    const source = readFileSync(path, 'utf8');
    const found = source.split(find).length - 1;
    if (found !== 1) throw new Error(`"${name}" does not apply: ${file} has ${found} of ${find}`);
    writeFileSync(
      path,
      source.replace(find, () => replace),
    );
    const report = await run(mutant, announcement);
    writeFileSync(path, source);
    if (report.numFailedTests === 0 && report.numPassedTests === 0)
      throw new Error(`"${name}" ran no test of ${adapter}: ${report.testResults[0]?.message}`);
    const survived = report.numFailedTests === 0;
    if (survived) survivors += 1;
    else caught += 1;
    console.log(
      survived ? `SURVIVED ${adapter}: ${name}` : `caught   ${adapter}: ${name} (${told(report)})`,
    );
  }
  console.log(`\n${caught} caught, ${survivors} survived`);
  if (lacking.length > 0)
    console.log(
      `\nNot covered by this run:\n${lacking.map((name) => `- ${lack(name)}`).join('\n')}`,
    );
} catch (error) {
  console.error(error.message);
  survivors += 1;
}
await leave(survivors > 0 ? 1 : 0);
