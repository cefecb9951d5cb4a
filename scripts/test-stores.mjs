// The contract of every adapter, and faults, against real servers: `npm run test:stores [-- jest's arguments]`.
import { run, setUp } from './setup.mjs';

const args = process.argv.slice(2);

/** The stores that the paths asked for are about; all of them where one is about all. */
function storesOf(paths) {
  const named = paths.map((path) => /libs\/state\/adapters\/([a-z0-9]+)/.exec(path)?.[1]);
  return named.length > 0 && named.every(Boolean) ? named.join(',') : undefined;
}

await setUp();
const stores = process.env.STORES ?? storesOf(args.filter((arg) => !arg.startsWith('-')));
if (stores !== undefined) process.env.STORES = stores;
const { lack, wanted } = await import('../test/support/servers/load.mjs');
const lacking = process.env.CI === 'true' ? [] : wanted().filter((name) => lack(name));
const ignored = lacking.map((name) => `--testPathIgnorePatterns=/libs/state/adapters/${name}/`);
try {
  // What a test leaves open fails its file. Node 20 itself may spin for ever in the clean-up that an
  // ordinary end runs (CleanupHandles, waiting for a request that was cut off); process.exit runs none.
  const jest = [
    'node_modules/jest/bin/jest.js',
    '--config',
    'jest.stores.config.cjs',
    '--forceExit',
  ];
  await run(process.execPath, [...jest, ...ignored, ...args], { show: true });
} catch {
  process.exitCode = 1;
}
const notCovered = lacking.map((name) => lack(name));
if (!process.env.TEST_MONGODB_URL && wanted().includes('mongodb') && !lacking.includes('mongodb'))
  notCovered.push('MongoDB itself: a compatible server was used; set TEST_MONGODB_URL');
if (notCovered.length > 0)
  console.log(`\nNot covered by this run:\n${notCovered.map((line) => `- ${line}`).join('\n')}`);
