import { run, setUp } from './setup.mjs';

const notCovered = [
  'redis, mongodb, postgres and mysql, and what happens when a server fails: npm run test:stores',
  'faults on several replicas, and restarts behind nginx: npm run chaos, npm run chaos:rolling',
  'the image, and the profiles of docker-compose.yml: npm run test:compose',
  'the end-to-end suite on stores other than the embedded ones: npm run test:e2e -- all',
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
