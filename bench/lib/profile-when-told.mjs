// Preloaded into a server that is profiled: the first SIGHUP starts a CPU profile, the next writes it to PROFILE, so
// that it holds what was measured and neither the start nor the warm-up.
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { join } from 'node:path';

const session = new Session();
session.connect();
let running = false;
process.on('SIGHUP', async () => {
  running = !running;
  if (running) {
    await session.post('Profiler.enable');
    await session.post('Profiler.start');
    return;
  }
  const { profile } = await session.post('Profiler.stop');
  const file = `${process.pid}-${Date.now()}.cpuprofile`;
  writeFileSync(join(process.env.PROFILE, file), JSON.stringify(profile));
});
