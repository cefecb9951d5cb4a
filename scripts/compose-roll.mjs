// Brings replicas of a service to what docker-compose.yml and .env say now, without a gap:
// `npm run compose:roll -- SERVICE [docker compose's options, e.g. --profile split]`.
// As many new ones are started beside the old ones; when they are healthy the old ones stop, one by one, each
// as slowly as its DRAIN_SECONDS say.
import { execFileSync } from 'node:child_process';

const [service, ...options] = process.argv.slice(2);
if (!service || service.startsWith('-')) {
  console.error('usage: npm run compose:roll -- SERVICE [--profile PROFILE]');
  process.exit(64);
}
const docker = (...args) =>
  execFileSync('docker', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] }).trim();
const compose = (...args) => docker('compose', ...options, ...args);

try {
  const old = compose('ps', '--quiet', service).split('\n').filter(Boolean);
  if (old.length === 0) throw new Error(`no container of ${service} runs`);
  const up = ['up', '-d', '--no-deps', '--no-recreate', '--wait'];
  console.log(`${service}: starting ${old.length} beside ${old.length}`);
  compose(...up, '--scale', `${service}=${2 * old.length}`, service);
  for (const [at, container] of old.entries()) {
    console.log(`${service}: stopping ${at + 1} of ${old.length}`);
    docker('stop', container);
    docker('rm', container);
  }
  console.log(`${service}: ${old.length} replaced`);
} catch (error) {
  console.error(error.message);
  process.exit(70);
}
