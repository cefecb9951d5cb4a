import { fork } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.mjs';
import { bench } from './setup.mjs';

const message = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', (said) => (said.error ? reject(new Error(said.error)) : resolve(said)));
    child.once('exit', (code) => reject(new Error(`the load ended early, with ${code}`)));
  });

/**
 * Runs `bench/load/<script>` against a server, or several, in a process of its own: it warms them up, says
 * so, waits for "go", and reports. `sample(server)` is taken before and after, while the load is connected.
 * @returns what the load reported; `cpuSeconds`, what the server's CPU clock showed in between; `loadCores`, how many
 *   cores the load used of its own; `samples`, both
 */
export async function run(script, server, settings, sample = () => undefined) {
  const ports = server.ports ?? [server.port];
  const child = fork(join(bench, 'load', script), [JSON.stringify({ ...settings, ports })]);
  const gone = atExit(() => child.kill());
  try {
    await message(child);
    await sleep(300); // what the warm-up left behind is not this run's
    const first = await sample(server);
    server.mark?.(); // a store's has none
    const before = server.cpu();
    child.send('go');
    const reported = await message(child);
    server.mark?.();
    await sleep(200); // what this run left behind is
    const cpuSeconds = server.cpu() - before;
    return { ...reported, cpuSeconds, samples: [first, await sample(server)] };
  } finally {
    child.kill();
    gone();
  }
}

/** The load's side of `run`: `prepare` gets the settings and returns what is measured. */
export async function work(prepare) {
  const settings = JSON.parse(process.argv[2]);
  try {
    const measured = await prepare(settings);
    process.send('ready');
    await new Promise((resolve) => process.once('message', resolve));
    const [began, cpu] = [performance.now(), process.cpuUsage()];
    const reported = await measured();
    const { user, system } = process.cpuUsage(cpu);
    const loadCores = (user + system) / 1000 / (performance.now() - began);
    process.send({ ...reported, loadCores });
  } catch (error) {
    process.send({ error: error.stack });
  }
}
