import { announcementVariable, ServersOfRun } from './load.mjs';

/** One server of each kind for the whole run; its workers learn of them by their environment. */
export default async function setUp() {
  const servers = new ServersOfRun();
  globalThis.serversOfRun = servers;
  process.on('exit', () => servers.killNow());
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.once(signal, () => process.exit(130));
  process.env[announcementVariable] = JSON.stringify(await servers.start());
}
