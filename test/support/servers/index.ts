import { kinds } from './kinds.js';
import { type Announcement, announcementVariable } from './run.js';
import { RunningServer } from './running-server.js';
import { type KindName, kindNames } from './server-kind.js';

export { canMount, RunningServer } from './running-server.js';
export { type KindName, kindNames } from './server-kind.js';

const announced = (): Announcement => {
  const text = process.env[announcementVariable];
  return text === undefined ? { urls: {}, missing: {} } : (JSON.parse(text) as Announcement);
};

/** What this test file took; its environment looks after it and clears it away (environment.mjs). */
const taken = ((globalThis as { takenStores?: { kind: KindName; name: string }[] }).takenStores ??=
  []);

export interface TestServers {
  /** Whether this run has such a server. Where it has not, the run says so at its end. */
  readonly available: boolean;
  /** The URL of the run's server as a whole. */
  readonly url: string;
  /** The URL of a database or key prefix that nobody has used. */
  freshUrl(): Promise<string>;
  /** The same on a server of one's own, or one reached another way (a proxy). */
  freshOn(url: string): Promise<string>;
  /** A server for one test file alone, to be killed and restarted; the file disposes of it. */
  own(settings?: readonly string[], megabytes?: number): Promise<RunningServer>;
}

const serversOf = (kind: KindName): TestServers => ({
  get available() {
    return announced().urls[kind] !== undefined;
  },
  get url() {
    const { urls, missing } = announced();
    const url = urls[kind];
    if (url === undefined)
      throw new Error(
        missing[kind] ?? `the ${kind} server of a run is started by npm run test:stores`,
      );
    return url;
  },
  async freshUrl() {
    const name = newName();
    taken.push({ kind, name });
    return kinds[kind].fresh(this.url, name);
  },
  freshOn: (url) => kinds[kind].fresh(url, newName()),
  own: (settings = [], megabytes = 0) => RunningServer.start(kinds[kind], { settings, megabytes }),
});

let made = 0;
const newName = () => `test_${process.pid}_${Date.now().toString(36)}_${(made += 1)}`;

/** The real servers, by the name of the adapter that needs them. */
export const servers = Object.fromEntries(
  kindNames.map((name) => [name, serversOf(name)]),
) as Readonly<Record<KindName, TestServers>>;
