import { run, setUp } from './setup.mjs';

const notCovered = [
  'stores that need a server: this build has none; memory and sqlite are covered',
];

await setUp();
try {
  await run(process.execPath, ['node_modules/jest/bin/jest.js', ...process.argv.slice(2)], {
    show: true,
  });
} catch {
  process.exitCode = 1;
}
console.log(`\nNot covered by this run:\n${notCovered.map((line) => `- ${line}`).join('\n')}`);
