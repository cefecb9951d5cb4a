import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { profileFile } from './profile.js';
import { patienceMs } from './until.js';

export const root = process.cwd();
const cli = join(root, 'dist/src/cli.js');

export type Variables = Readonly<Record<string, string>>;

export interface Ended {
  /** null where a signal ended it. */
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** An empty folder, for one test's data. */
export const tempDir = (): string => mkdtempSync(join(tmpdir(), 'maxiaoke-test-'));
export const removeDir = (path: string): void => rmSync(path, { recursive: true, force: true });

/** Starts the built program in `cwd`, with the profile and `variables` and nothing else of this environment. */
export function launch(args: readonly string[], cwd: string, variables: Variables): ChildProcess {
  const { PATH = '' } = process.env;
  return spawn(process.execPath, [cli, ...args], {
    cwd,
    env: {
      PATH,
      HOME: cwd,
      ENV_FILE: profileFile,
      ...variables,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
}

/** Everything a process prints, and how it ends. */
export function ending(child: ChildProcess, input?: string): Promise<Ended> {
  let stdout = '';
  let stderr = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  child.stdin?.on('error', () => undefined).end(input);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs a command of the program to its end; one that finds none is killed, which shows in `signal`. */
export async function run(
  args: readonly string[],
  cwd: string,
  variables: Variables = {},
  input?: string,
): Promise<Ended> {
  const child = launch(args, cwd, variables);
  const patience = setTimeout(() => child.kill('SIGKILL'), patienceMs);
  try {
    return await ending(child, input);
  } finally {
    clearTimeout(patience);
  }
}
