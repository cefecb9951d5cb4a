import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { type KindName, kindNames, servers } from './servers/index.js';

/** The stores that a run of the end-to-end suite is for: `npm run test:e2e -- <profile>`. */
export const profile = process.env.PROFILE ?? 'embedded';
export const profileFile = join(process.cwd(), 'config/profiles', `${profile}.env`);

/**
 * The profile's variables with stores that nobody has used: where the file names a server, as an
 * example for operators, the run's own stands in for it. Variables that name one place share one.
 */
export async function freshStores(): Promise<Record<string, string>> {
  const places = new Map<string, string>();
  const filled: Record<string, string> = {};
  for (const [variable, url = ''] of Object.entries(parseEnv(readFileSync(profileFile, 'utf8')))) {
    const kind = kindNames.find((name: KindName) => url.startsWith(`${name}:`));
    if (!kind) continue;
    const place = places.get(url) ?? (await servers[kind].freshUrl());
    places.set(url, place);
    filled[variable] = place;
  }
  return filled;
}
