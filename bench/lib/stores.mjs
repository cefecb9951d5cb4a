// The stores a history can be kept in, each on a server of its own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kinds } from '../../test/support/servers/load.mjs';
import { atExit } from './at-exit.mjs';
import { servers } from './machine.mjs';
import { root } from './setup.mjs';

const { RunningServer } = await import(join(root, 'dist/test/support/servers/running-server.js'));

export const storeNames = ['sqlite', 'postgres', 'mysql', 'mongodb', 'redis'];

/** What a server's program says of its version; the one for MongoDB is Java's. */
function versionOf({ name, program }) {
  if (name === 'mongodb') return 'mongo-java-server (in memory)';
  const said = execFileSync(program(), ['--version'], { encoding: 'utf8' });
  return /\d+\.\d+(\.\d+)?(-MariaDB)?/.exec(said)?.[0] ?? said.trim();
}

function statOf(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1).split(' ');
  const seconds = (from, to) =>
    fields.slice(from, to).reduce((sum, one) => sum + Number(one), 0) / 100;
  return { parent: Number(fields[1]), own: seconds(11, 13), ended: seconds(13, 15) };
}

/** CPU of a process and its children, those that have ended too: Postgres is a process a connection. */
function cpuOfFamily(pid) {
  const { own, ended } = statOf(pid);
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return children.reduce((sum, id) => {
    try {
      const child = statOf(id);
      return child.parent === pid ? sum + child.own + child.ended : sum;
    } catch {
      return sum; // ended meanwhile: its parent has its time
    }
  }, own + ended);
}

/** A folder is all that SQLite needs; its CPU is the client's. */
function folder() {
  const dir = mkdtempSync(join(tmpdir(), 'maxiaoke-bench-'));
  const remove = () => rmSync(dir, { recursive: true, force: true });
  const gone = atExit(remove);
  let files = 0;
  return {
    fresh: async () => `sqlite:${join(dir, `${(files += 1)}.db`)}`,
    cpu: () => 0,
    stop: async () => {
      remove();
      gone();
    },
  };
}

async function started(name, kind) {
  const server = await RunningServer.start(kind, { durable: name !== 'mongodb' });
  // Its processes are told at once; who waits for them is gone.
  const gone = atExit(() => {
    void server.kill();
    rmSync(server.dir, { recursive: true, force: true });
    rmSync(`${server.dir}.log`, { force: true });
  });
  servers[name] = versionOf(kind);
  return {
    url: server.url,
    cpu: () => cpuOfFamily(server.pid),
    stop: async () => {
      const awake = setInterval(() => undefined, 1000); // its end alone does not keep Node running
      await server.dispose();
      clearInterval(awake);
      gone();
    },
  };
}

/** One that runs already, by TEST_POSTGRES_URL and so on: its CPU is not known. */
function given(name, url) {
  servers[name] = 'given';
  return { url, cpu: () => 0, stop: async () => undefined };
}

/** @returns `{fresh(): url, cpu(): seconds, stop()}` */
export async function startStore(name) {
  if (name === 'sqlite') return folder();
  const kind = kinds[name];
  const url = process.env[`TEST_${name.toUpperCase()}_URL`];
  const { url: server, cpu, stop } = url ? given(name, url) : await started(name, kind);
  let places = 0;
  const fresh = () => kind.fresh(server, `bench_${process.pid}_${(places += 1)}`);
  return { fresh, cpu, stop };
}
