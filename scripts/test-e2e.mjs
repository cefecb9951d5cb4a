// The end-to-end suite on the stores of a profile: `npm run test:e2e -- <profile>|all [jest's arguments]`.
import { readdirSync, readFileSync } from 'node:fs';
import { run, setUp } from './setup.mjs';

const folder = 'config/profiles';
const [asked = 'all', ...args] = process.argv.slice(2);
const profiles = readdirSync(folder)
  .filter((name) => name.endsWith('.env'))
  .map((name) => name.slice(0, -'.env'.length));
const chosen = asked === 'all' ? profiles : asked.split(',');
const unknown = chosen.filter((name) => !profiles.includes(name));
if (unknown.length > 0) {
  console.error(`there is no profile ${unknown.join(', ')}; there are all, ${profiles.join(', ')}`);
  process.exit(64);
}

/** The servers a profile needs, by the schemes of its URLs. */
function storesOf(profile) {
  const text = readFileSync(`${folder}/${profile}.env`, 'utf8');
  const schemes = [...text.matchAll(/^[A-Z_]+=([a-z]+):/gm)].map(([, scheme]) => scheme);
  return [...new Set(schemes)].join(',');
}

await setUp();
const jest = ['node_modules/jest/bin/jest.js', '--config', 'jest.e2e.config.cjs', '--forceExit'];
for (const profile of chosen) {
  console.log(`\n== end to end on the profile ${profile}`);
  const env = { PROFILE: profile, STORES: storesOf(profile) };
  await run(process.execPath, [...jest, ...args], { show: true, env }).catch(() => {
    process.exitCode = 1;
  });
}
