import { fork } from 'node:child_process';
import type { Algorithm } from '#libs/recommender';
import { CliError, exit } from '../run.js';
import type { AlgorithmRow, EvaluateMessage, EvaluateRequest } from './messages.js';

export interface EvaluateOptions extends Omit<EvaluateRequest, 'algorithm' | 'known'> {
  algorithms: readonly Algorithm[];
}

export interface EvaluateReport {
  k: number;
  /** Users with held-out items. */
  users: number;
  algorithms: AlgorithmRow[];
}

/** One process an algorithm, one after the other; what one chose the blend need not choose again. */
export async function evaluate(
  { algorithms, ...request }: EvaluateOptions,
  note: (text: string) => void,
): Promise<EvaluateReport> {
  const report: EvaluateReport = { k: request.k, users: 0, algorithms: [] };
  let known: Readonly<Record<string, number>> = {};
  for (const algorithm of algorithms) {
    const { users, row } = await inProcess({ ...request, algorithm, known }, note);
    known = { ...known, ...row.parameters };
    report.users = users;
    report.algorithms.push(row);
  }
  return report;
}

function inProcess(
  request: EvaluateRequest,
  note: (text: string) => void,
): Promise<{ users: number; row: AlgorithmRow }> {
  const began = performance.now();
  const child = fork(new URL('./measure-process.js', import.meta.url));
  child.send(request);
  return new Promise((resolve, reject) => {
    child.on('message', (message: EvaluateMessage) => {
      if (message.kind === 'done') resolve(message);
      else if (message.kind === 'failed') reject(new CliError(message.message, message.exitCode));
      else {
        const seconds = Math.round((performance.now() - began) / 1000);
        const done = Math.floor(message.done * 100);
        note(`${message.step}, ${done} %, ${seconds} s`);
      }
    });
    child.once('error', reject);
    child.once('exit', (code, signal) => {
      const how = signal ? `was ended by ${signal}` : `exited with ${code}`;
      reject(new CliError(`${request.algorithm}: its process ${how}`, exit.software));
    });
  });
}
