import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../../support/ports.js';
import { authSecret } from '../../support/server.js';
import { until } from '../../support/until.js';
import { docker, say, stateOf, type Variables } from './docker.js';
import { image } from './image.js';
import { writeSecrets } from './secrets.js';

/** Whatever compose is asked for may take so long on a busy machine, s. */
const patience = 180;

/** One profile of docker-compose.yml, or several (`one+other`), as a project of its own, on a port of its own. */
export class Deployment {
  private constructor(
    readonly profile: string,
    private readonly project: string,
    readonly port: number,
    private readonly folder: string,
    private variables: Variables,
  ) {}

  /** Resolves when everything of it is healthy. */
  static async up(profile: string, ...flags: string[]): Promise<Deployment> {
    const folder = mkdtempSync(join(tmpdir(), 'maxiaoke-compose-'));
    const port = await freePort();
    await writeSecrets(join(folder, '.env'));
    const project = `maxiaoke-test-${process.pid}-${profile.replace('+', '-')}`;
    const deployment = new Deployment(profile, project, port, folder, {
      MAXIAOKE_IMAGE: image,
      AUTH_SECRET: authSecret,
      PORT: String(port),
      PROMETHEUS_PORT: String(await freePort()),
      RATE_LIMIT: 'off',
      DRAIN_SECONDS: '3',
    });
    try {
      await deployment.up(...flags);
    } catch (error) {
      await deployment.dispose();
      throw error;
    }
    return deployment;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get prometheus(): string {
    return `http://127.0.0.1:${this.variables.PROMETHEUS_PORT}`;
  }

  /** How a command of `docker compose` names it. */
  get options(): string[] {
    const profiles = this.profile.split('+').flatMap((name) => ['--profile', name]);
    return ['-p', this.project, '--env-file', join(this.folder, '.env'), ...profiles];
  }

  get environment(): Variables {
    return this.variables;
  }

  /** What it runs with from the next command on. */
  use(variables: Variables): void {
    this.variables = { ...this.variables, ...variables };
  }

  /** `docker compose` on this project. @throws Error with what it said, where it fails */
  compose(...args: string[]): Promise<string> {
    return docker(['compose', ...this.options, ...args], this.variables);
  }

  async up(...flags: string[]): Promise<void> {
    say(`${this.profile}: up ${flags.join(' ')}`);
    const wait = ['--wait', '--wait-timeout', String(patience), '--no-build', '--pull', 'never'];
    await this.compose('up', '-d', ...wait, ...flags);
  }

  /** Volumes stay. */
  async down(): Promise<void> {
    say(`${this.profile}: down`);
    await this.compose('down', '--timeout', '30');
  }

  /** Ids of the running containers of these services; of all replicas where none is named. */
  async replicas(...services: string[]): Promise<string[]> {
    const filters = ['--filter', `label=com.docker.compose.project=${this.project}`];
    const format = '{{.ID}} {{.Label "com.docker.compose.service"}} {{.Image}}';
    const lines = (await docker(['ps', '--no-trunc', ...filters, '--format', format])).split('\n');
    return lines.flatMap((line) => {
      const [id = '', service = '', from = ''] = line.split(' ');
      const wanted = services.length > 0 ? services.includes(service) : from.startsWith('maxiaoke');
      return wanted ? [id] : [];
    });
  }

  async healthy(container: string): Promise<void> {
    const look = async () => (await stateOf(container)).Health?.Status === 'healthy';
    await until('the container is healthy', look, patience * 1000);
  }

  /** Resolves when what is in front says that it is ready. */
  async ready(): Promise<void> {
    const look = () =>
      fetch(`${this.url}/health/ready`).then(
        ({ ok }) => ok,
        () => false,
      );
    await until('the deployment is ready', look, patience * 1000);
  }

  /** Nothing of it is left: containers, networks, volumes, files. */
  async dispose(): Promise<void> {
    await this.compose('down', '--volumes', '--timeout', '1');
    rmSync(this.folder, { recursive: true, force: true });
  }
}
