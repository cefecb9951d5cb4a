import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Deployment } from './deployment.js';
import { say } from './docker.js';

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  testResults: { message: string }[];
}

async function run(deployment: Deployment, ...args: string[]): Promise<Report> {
  const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.outside.config.cjs'];
  const env = {
    ...process.env,
    E2E_PORT: String(deployment.port),
    E2E_CONTAINERS: (await deployment.replicas()).join(','),
  };
  const options = { env, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [...jest, '--json', '--forceExit', ...args],
    options,
  ).catch((failed: { stdout: string }) => failed);
  return JSON.parse(stdout) as Report;
}

/**
 * The end-to-end suite by way of the published port, without the spec files of `lacking`; gives how many
 * tests passed. @throws Error with those that failed
 */
export async function endToEnd(deployment: Deployment, ...lacking: string[]): Promise<number> {
  // These stop and kill every replica: they run alone.
  const restarting = ['courses', 'recovery'];
  const spec = (names: readonly string[]) => `/(${names.join('|')})\\.spec\\.ts$`;
  const reports = [
    await run(
      deployment,
      '--testPathPatterns',
      `/(?!${[...restarting, ...lacking].join('|')})[a-z-]+\\.spec\\.ts$`,
    ),
    await run(deployment, '--testPathPatterns', spec(restarting), '--runInBand'),
  ];
  const failures = reports.flatMap(({ testResults }) =>
    testResults.flatMap(({ message }) => (message === '' ? [] : [message])),
  );
  if (failures.length > 0) throw new Error(failures.join('\n'));
  const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
  say(`${deployment.profile}: ${passed} end-to-end tests passed`);
  return passed;
}
