import { readFileSync, readdirSync } from 'node:fs';
import { run } from './lib/load.mjs';
import { start } from './lib/server.mjs';
import { maxiaoke, peer } from './lib/setup.mjs';
const node = (process.env.FLAGS ?? '').split(' ').filter(Boolean);
const threads = (pid) => Object.fromEntries(readdirSync(`/proc/${pid}/task`).map((t) => { const s = readFileSync(`/proc/${pid}/task/${t}/stat`, 'utf8'); const f = s.split(') ')[1].split(' '); return [t, [Number(f[11]), Number(f[12])]]; }));
for (const receivers of (process.env.ROOMS ?? '100,1000').split(',').map(Number)) {
  const deliveries = 6e6;
  const messages = deliveries / receivers;
  const server = await start({ ...maxiaoke(), node });
  let before; let after; 
  const r = await run('fan-out.mjs', server, { wire: 'centrifuge', receivers, senders: 8, inFlight: 64, messages, warmUp: messages / 3 }, () => { if (!before) before = threads(server.pid); else after = threads(server.pid); });
  const diff = Object.entries(after).map(([t, [u, s]]) => `${t == server.pid ? 'main' : t}: u${((u - (before[t]?.[0] ?? 0)) / 100).toFixed(2)} s${((s - (before[t]?.[1] ?? 0)) / 100).toFixed(2)}`).filter((x) => !x.endsWith('u0.00 s0.00'));
  console.log(receivers, 'flags', node.join(' '), (r.cpuSeconds / r.deliveries * 1e6).toFixed(3), 'wall', r.seconds.toFixed(2), diff.join(' | '));
  await server.stop();
}
