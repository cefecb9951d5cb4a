// Faults on a whole deployment, and whether anything was lost: `npm run chaos -- --profile P --seconds N --seed S`.
import { spawn } from 'node:child_process';
import { setUp } from './setup.mjs';

const [program, ...args] = process.argv.slice(2);
await setUp();
const { compile, sourcesIn } = await import('../test/support/compile.mjs');
compile([...sourcesIn('test/support'), ...sourcesIn('test/chaos')]);
// The run ends what it started and says how it went: a signal is for it alone to answer.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => undefined);
process.exitCode = await new Promise((resolve) => {
  const child = spawn(process.execPath, [`dist/test/chaos/${program}.js`, ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code) => resolve(code ?? 70));
});
