import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { kinds } from '../../support/servers/kinds.js';
import { RunningServer } from '../../support/servers/running-server.js';
import { type KindName, kindNames } from '../../support/servers/server-kind.js';

/** The variables of a profile that name stores; the bus by its own name, as it gets a wire of its own. */
export function storesOf(profile: string): Record<string, string> {
  const file = join(process.cwd(), 'config/profiles', `${profile}.env`);
  const given = parseEnv(readFileSync(file, 'utf8')) as Record<string, string>;
  const EVENT_BUS = given.EVENT_BUS ?? given.SESSION_STORE;
  return { ...given, ...(EVENT_BUS !== undefined && { EVENT_BUS }) };
}

export const kindOf = (url: string): KindName | undefined =>
  kindNames.find((name) => url.startsWith(`${name}:`));

/** The servers of a profile, started for this run, and an unused place in them for each URL of the profile. */
export async function startServers(
  stores: Readonly<Record<string, string>>,
): Promise<{ servers: Map<KindName, RunningServer>; places: Map<string, string> }> {
  const servers = new Map<KindName, RunningServer>();
  const places = new Map<string, string>();
  for (const url of new Set(Object.values(stores))) {
    const kind = kindOf(url);
    if (!kind) throw new Error(`replicas cannot share ${url}`);
    const server = servers.get(kind) ?? (await RunningServer.start(kinds[kind]));
    servers.set(kind, server);
    places.set(url, await kinds[kind].fresh(server.url, `chaos_${places.size}`));
  }
  return { servers, places };
}
