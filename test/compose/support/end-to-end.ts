import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Deployment } from './deployment.js';
import { say } from './docker.js';

interface Report {
  numPassedTests: number;
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
    [...jest, '--json', '--runInBand', '--forceExit', ...args],
    options,
  ).catch((failed: { stdout: string }) => failed);
  return JSON.parse(stdout) as Report;
}

/**
 * The end-to-end suite by way of the published port, without the spec files of `lacking`; gives how many
 * tests passed. One after the other: they share rooms, and some restart every replica.
 * @throws Error with those that failed
 */
export async function endToEnd(deployment: Deployment, ...lacking: string[]): Promise<number> {
  const specs =
    lacking.length > 0 ? `/(?!${lacking.join('|')})[a-z-]+\\.spec\\.ts$` : '\\.spec\\.ts$';
  const { testResults, numPassedTests } = await run(deployment, '--testPathPatterns', specs);
  const failures = testResults.flatMap(({ message }) => (message === '' ? [] : [message]));
  if (failures.length > 0) throw new Error(failures.join('\n'));
  say(`${deployment.profile}: ${numPassedTests} end-to-end tests passed`);
  return numPassedTests;
}
