import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bench } from './setup.mjs';

const message = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', (said) => (said.error ? reject(new Error(said.error)) : resolve(said)));
    child.once('exit', (code) => reject(new Error(`the load ended early, with ${code}`)));
  });

/**
 * Runs `bench/load/<script>` against a server in a process of its own: it warms the server up, says
 * so, waits for "go", and reports. What the server's CPU clock showed in between is added.
 * @returns what the load reported, and `cpuSeconds`
 */
export async function run(script, server, settings, toggle = () => undefined) {
  const child = fork(join(bench, 'load', script), [
    JSON.stringify({ ...settings, port: server.port }),
  ]);
  await message(child);
  await sleep(300); // what the warm-up left behind is not this run's
  await toggle();
  const before = server.cpu();
  child.send('go');
  const reported = await message(child);
  await sleep(200); // what this run left behind is
  const cpuSeconds = server.cpu() - before;
  await toggle();
  child.kill();
  return { ...reported, cpuSeconds };
}

/** The load's side of `run`: `prepare` gets the settings and returns what is measured. */
export async function work(prepare) {
  const settings = JSON.parse(process.argv[2]);
  try {
    const measured = await prepare(settings);
    process.send('ready');
    await new Promise((resolve) => process.once('message', resolve));
    process.send(await measured());
  } catch (error) {
    process.send({ error: error.message });
  }
}
