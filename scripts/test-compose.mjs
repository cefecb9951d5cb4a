// Real containers of every profile: `npm run test:compose [-- PROFILE or jest's arguments]`. CHAOS_SECONDS says how
// long replicas are killed under load.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { run, setUp } from './setup.mjs';

/** Brings up an engine where a machine has none; beside the repository, as on the machines that check changes. */
const engine = '../shared/containers/engine';
const bases = ['node', 'nginx', 'postgres', 'redis', 'mariadb', 'mongo', 'prometheus'];
const images = ['node:24-trixie-slim', 'nginx:1.28', 'postgres:17', 'redis:8', 'mariadb:11.8'];
images.push('mongo:8.0', 'prom/prometheus:v3');

const works = (...args) => spawnSync('docker', args, { stdio: 'ignore' }).status === 0;
const say = (text) =>
  process.stderr.write(`== ${text} (${Math.round(performance.now() / 1000)} s)\n`);

async function bringUpEngine() {
  if (works('info') && (!existsSync(engine) || works('image', 'inspect', ...images))) return;
  if (!existsSync(engine)) {
    console.error(
      'no Docker engine answers here: start one, with the compose plugin, and try again',
    );
    process.exit(69);
  }
  say('bringing up an engine');
  await run(engine, ['up'], { show: true });
  await run(engine, ['images', ...bases]);
}

const image = `maxiaoke:test-${process.pid}`;
const build = (tag, ...args) => run('docker', ['build', '-q', '-t', tag, ...args, '.']);

function jest(...args) {
  const config = ['--config', 'jest.compose.config.cjs', '--verbose', '--forceExit'];
  const env = { MAXIAOKE_TEST_IMAGE: image };
  return run(process.execPath, ['node_modules/jest/bin/jest.js', ...config, ...args], {
    show: true,
    env,
  });
}

try {
  await setUp();
  await bringUpEngine();
  say('building the image');
  await build(image, '--build-arg', 'REVISION=first');
  await build(`${image}-next`, '--build-arg', 'REVISION=next');
  say('running');
  // One at a time: two profiles are a dozen containers, whose health checks alone take one of two cores.
  await jest('--runInBand', ...process.argv.slice(2));
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  for (const tag of [`${image}-next`, image]) if (works('image', 'inspect', tag)) works('rmi', tag);
  say('done');
}
