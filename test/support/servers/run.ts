import { kinds } from './kinds.js';
import { RunningServer } from './running-server.js';
import { type KindName, kindNames } from './server-kind.js';

/** What the workers of a run are told: where each server is, and why one is not there. */
export interface Announcement {
  urls: Partial<Record<KindName, string>>;
  missing: Partial<Record<KindName, string>>;
}

/** The environment variable that carries it from the run to its workers. */
export const announcementVariable = 'MAXIAOKE_TEST_SERVERS';

/** A server of one's own: `TEST_POSTGRES_URL` and so on. */
const given = (name: KindName): string | undefined =>
  process.env[`TEST_${name.toUpperCase()}_URL`] || undefined;

/** The kinds a run is for: all, or those in STORES. */
export function wanted(): KindName[] {
  const { STORES } = process.env;
  if (STORES === undefined) return [...kindNames];
  return kindNames.filter((name) => STORES.split(',').includes(name));
}

/** Why this kind cannot be had on this machine, or undefined where it can. */
export function lack(name: KindName): string | undefined {
  if (given(name) !== undefined || kinds[name].program() !== undefined) return undefined;
  const variable = `TEST_${name.toUpperCase()}_URL`;
  return `${name}: apt-get install ${kinds[name].install}, or set ${variable}`;
}

/** One process per kind for a whole run. With CI=true a missing one fails the run. */
export class ServersOfRun {
  private readonly running: RunningServer[] = [];

  async start(): Promise<Announcement> {
    const said: Announcement = { urls: {}, missing: {} };
    const lacks = wanted().flatMap((name) => lack(name) ?? []);
    if (lacks.length > 0 && process.env.CI === 'true')
      throw new Error(`servers are missing:\n${lacks.map((line) => `- ${line}`).join('\n')}`);
    const starts = wanted().map(async (name) => {
      const why = lack(name);
      if (why !== undefined) said.missing[name] = why;
      else said.urls[name] = given(name) ?? (await this.startOne(name));
    });
    const failed = (await Promise.allSettled(starts)).find(({ status }) => status === 'rejected');
    if (failed?.status === 'rejected') {
      await this.stop();
      throw failed.reason;
    }
    return said;
  }

  private async startOne(name: KindName): Promise<string> {
    const server = await RunningServer.start(kinds[name], { durable: false });
    this.running.push(server);
    return server.url;
  }

  async stop(): Promise<void> {
    await Promise.all(this.running.splice(0).map((server) => server.dispose()));
  }

  /** For a run that is ended by a signal: no server outlives it. */
  killNow(): void {
    for (const server of this.running) server.disposeNow();
  }
}
