// The chat servers side by side, and one measurement of the rooms on one of them.
import { run } from './load.mjs';
import { start } from './server.mjs';
import { maxiaoke, peer } from './setup.mjs';

export const ours = (env) => ({ ...maxiaoke(env), wire: 'centrifuge' });
export const socketio = (env) => ({ ...peer('socket.io', 'socketio.mjs', env), wire: 'socketio' });
export const bun = () => ({ ...peer('Bun', 'bun.mjs'), wire: 'bun' });

/**
 * Fills rooms on a contender and lets them talk; every message has to reach everybody.
 * @param settings those of `load/fan-out.mjs`
 * @param open starts it; one server where not given
 */
export async function talk(contender, settings, { open = start, store } = {}) {
  const server = await open(contender);
  let storeCpu = 0;
  const sample = () => (storeCpu = (store?.cpu() ?? 0) - storeCpu);
  try {
    const { wire, ordered } = contender;
    const report = await run('fan-out.mjs', server, { wire, ordered, ...settings }, sample);
    const { deliveries, seconds, cpuSeconds, loadCores } = report;
    const perMillion = 1e6 / deliveries;
    return {
      cpuSecondsPerMillion: cpuSeconds * perMillion,
      deliveriesPerSecond: deliveries / seconds,
      ...(store && { storeCpuSecondsPerMillion: storeCpu * perMillion }),
      loadCores,
    };
  } finally {
    await server.stop();
  }
}
