import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Ended } from './run.js';
import { until } from './until.js';

const execute = promisify(execFile);
/** Replicas that are looked for and opened stores again, on a machine that does other things. */
const patienceMs = 150_000;

/** A deployment in containers that a run of the end-to-end suite is for, seen from outside. */
class Outside {
  constructor(
    /** Published on 127.0.0.1. */
    readonly port: number,
    /** Every replica. */
    private readonly containers: readonly string[],
  ) {}

  private docker(...args: string[]): Promise<{ stdout: string; stderr: string }> {
    return execute('docker', [...args, ...this.containers]);
  }

  /** How each replica is, and what it said last. */
  private async story(): Promise<string> {
    const format = '{{.Name}} {{json .State}}';
    const states = (await this.docker('inspect', '-f', format)).stdout.trim();
    const said = this.containers.map((container) =>
      execute('docker', ['logs', '--tail', '20', container]),
    );
    const logs = (await Promise.all(said)).map(({ stdout, stderr }) => stdout + stderr);
    return [states, ...logs].join('\n');
  }

  /** Stops or kills every replica. */
  async end(signal: NodeJS.Signals): Promise<Ended> {
    await (signal === 'SIGKILL' ? this.docker('kill', '-s', 'KILL') : this.docker('stop'));
    const { stdout } = await this.docker('inspect', '-f', '{{.State.ExitCode}}');
    const codes = stdout.trim().split('\n').map(Number);
    return { code: Math.max(...codes), signal: null, stdout: '', stderr: '' };
  }

  /** Starts every replica; resolves when what is in front of them says that all are ready. */
  async boot(url: string): Promise<void> {
    await this.docker('start');
    const healthy = async () =>
      (await this.docker('inspect', '-f', '{{.State.Health.Status}}')).stdout
        .trim()
        .split('\n')
        .every((status) => status === 'healthy');
    await until('every replica is healthy', healthy, patienceMs).catch(async (error: Error) => {
      throw new Error(`${error.message}\n${await this.story()}`);
    });
    const ready = () =>
      fetch(`${url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('the deployment is ready', ready, patienceMs);
  }
}

const { E2E_PORT, E2E_CONTAINERS = '' } = process.env;

export const outside =
  E2E_PORT === undefined
    ? undefined
    : new Outside(Number(E2E_PORT), E2E_CONTAINERS.split(',').filter(Boolean));
