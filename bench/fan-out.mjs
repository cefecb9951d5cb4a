// Server CPU seconds per million deliveries: Maxiaoke on memory history against socket.io doing the
// same job, 64 messages in flight, interleaved. The load is a process of its own.
import { fork, spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const root = dirname(here);
const rounds = Number(process.env.ROUNDS ?? 3);
const env = {
  ...process.env,
  AUTH_SECRET: 'a secret of thirty-two bytes for benchmarks',
  DATA_STORE: 'memory:',
  HISTORY_STORE: 'memory:',
  SESSION_STORE: 'memory:',
  DEMO: 'off',
  RATE_LIMIT: 'off',
  LOG_LEVEL: 'warn',
  DRAIN_SECONDS: '0',
};
const servers = {
  maxiaoke: join(root, 'dist/src/cli.js'),
  socketio: join(here, 'peers/socketio.mjs'),
};
const cases = [
  { receivers: 100, messages: 10_000 },
  { receivers: 1000, messages: 2000 },
];

if (!existsSync(join(here, 'node_modules/socket.io'))) {
  console.error('installing what is compared with (once)');
  spawnSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: here,
    stdio: 'inherit',
  });
}

/** User and system time of a process, seconds (Linux counts in hundredths). */
function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

const message = (child) =>
  new Promise((resolve, reject) => {
    child.once('message', resolve);
    child.once('exit', (code) => reject(new Error(`ended early with ${code}`)));
  });

async function measure(kind, { receivers, messages }) {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const server = spawn(process.execPath, [servers[kind]], {
    env: { ...env, PORT: port, HOST: '127.0.0.1' },
    stdio: 'inherit',
  });
  try {
    for (
      let tries = 0;
      !(await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null));
      tries += 1
    ) {
      if (tries > 200) throw new Error(`${kind} does not answer`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const load = fork(join(here, 'load/chat.mjs'), [kind, port, receivers, messages, 64], { env });
    await message(load);
    const before = cpuSeconds(server.pid);
    load.send('go');
    const { complete } = await message(load);
    if (!complete) throw new Error(`${kind}: not every receiver got every message`);
    return ((cpuSeconds(server.pid) - before) / (receivers * messages)) * 1e6;
  } finally {
    server.kill('SIGTERM');
    await new Promise((resolve) => server.once('exit', resolve));
  }
}

const median = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];
const results = [];
for (const one of cases) {
  const measured = { maxiaoke: [], socketio: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const kind of Object.keys(measured)) measured[kind].push(await measure(kind, one));
  }
  const ratio = median(measured.socketio) / median(measured.maxiaoke);
  results.push({ ...one, window: 64, cpuSecondsPerMillion: measured, ratioOfMedians: ratio });
  const shown = (values) =>
    `${median(values).toFixed(2)} (${Math.min(...values).toFixed(2)}–${Math.max(...values).toFixed(2)})`;
  console.log(
    `room of ${one.receivers}: maxiaoke ${shown(measured.maxiaoke)}, socket.io ${shown(measured.socketio)} CPU s per million; ratio ${ratio.toFixed(1)}`,
  );
}
mkdirSync(join(here, 'results'), { recursive: true });
const machine = { cpu: cpus()[0].model, cores: cpus().length, node: process.version };
writeFileSync(
  join(here, 'results/fan-out.json'),
  `${JSON.stringify({ machine, results }, null, 2)}\n`,
);
