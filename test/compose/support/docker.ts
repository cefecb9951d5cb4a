import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

export interface Result {
  code: number;
  stdout: string;
  stderr: string;
}

export type Variables = Readonly<Record<string, string>>;

/** Runs docker to its end, whatever that is. */
export async function tryDocker(
  args: readonly string[],
  variables: Variables = {},
): Promise<Result> {
  const env = { ...process.env, ...variables };
  const maxBuffer = 64 * 1024 * 1024;
  try {
    return { code: 0, ...(await execute('docker', [...args], { env, maxBuffer })) };
  } catch (error) {
    const { code, stdout, stderr } = error as Result;
    if (typeof code !== 'number') throw error;
    return { code, stdout, stderr };
  }
}

/** What it prints. @throws Error with what it said, where it fails */
export async function docker(args: readonly string[], variables: Variables = {}): Promise<string> {
  const { code, stdout, stderr } = await tryDocker(args, variables);
  if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}:\n${stderr}`);
  return stdout.trim();
}

export interface ContainerState {
  Running: boolean;
  ExitCode: number;
  Pid: number;
  OOMKilled: boolean;
  Health?: { Status: string };
}

export async function stateOf(container: string): Promise<ContainerState> {
  return JSON.parse(
    await docker(['inspect', '-f', '{{json .State}}', container]),
  ) as ContainerState;
}

/** Where a test is: a run of minutes is watched by somebody. */
export const say = (text: string): void => void process.stderr.write(`  ${text}\n`);
