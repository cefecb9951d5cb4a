// Compiles on every change and restarts what runs.
import { spawn } from 'node:child_process';
import { setUp } from './setup.mjs';

await setUp();
const children = [
  [
    'node_modules/typescript/bin/tsc',
    '-p',
    'tsconfig.build.json',
    '--watch',
    '--preserveWatchOutput',
  ],
  ['--watch', '--watch-path=dist', 'dist/src/cli.js', 'serve'],
].map((args) =>
  spawn(process.execPath, args, { stdio: 'inherit', env: { LOG_PRETTY: 'on', ...process.env } }),
);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
