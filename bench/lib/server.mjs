import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { atExit } from './at-exit.mjs';
import { bench } from './setup.mjs';

const startsWithinMs = 20_000;
const stopsWithinMs = 20_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** User and system time of a process with all its threads, seconds (Linux counts in hundredths). */
export function cpuSeconds(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) / 100;
}

/** Resident memory of a process, bytes. */
export function residentBytes(pid) {
  return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;
}

/**
 * Starts a server on a free port and waits until it answers HTTP; `node` are options for Node, which runs it
 * where `command` names nothing else; `profile` is the folder for CPU profiles of what is measured.
 * @returns `{port, pid, cpu(), mark(), stop()}`; `mark` tells a server that is profiled where that begins and ends
 */
export async function start({
  name,
  script,
  env,
  node = [],
  command = process.execPath,
  profile: folder,
}) {
  const port = await freePort();
  if (folder) mkdirSync(folder, { recursive: true });
  const profiling = folder ? ['--import', join(bench, 'lib/profile-when-told.mjs')] : [];
  const child = spawn(command, [...profiling, ...node, script], {
    env: { PATH: process.env.PATH, PROFILE: folder, ...env, PORT: String(port), HOST: '127.0.0.1' },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const gone = atExit(() => child.kill('SIGKILL'));
  const exited = new Promise((resolve) => child.once('exit', resolve)).then(gone);
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), stopsWithinMs);
    await exited;
    clearTimeout(timer);
  };
  const deadline = Date.now() + startsWithinMs;
  while (!(await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null))) {
    if (child.exitCode !== null) throw new Error(`${name} ended with ${child.exitCode}`);
    if (Date.now() > deadline) {
      await stop();
      throw new Error(`${name} does not answer`);
    }
    await sleep(50);
  }
  const mark = () => folder && child.kill('SIGHUP');
  return { port, pid: child.pid, cpu: () => cpuSeconds(child.pid), mark, stop };
}

/** Several of the same. @returns `{ports, pids, cpu(), mark(), stop()}`; CPU is that of all */
export async function startReplicas(contender, count) {
  const started = [];
  const stop = async () => void (await Promise.all(started.map((server) => server.stop())));
  try {
    for (let at = 0; at < count; at += 1) started.push(await start(contender));
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ports: started.map(({ port }) => port),
    pids: started.map(({ pid }) => pid),
    cpu: () => started.reduce((sum, server) => sum + server.cpu(), 0),
    mark: () => started.forEach((server) => server.mark()),
    stop,
  };
}
