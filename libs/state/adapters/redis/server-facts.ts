import type { Redis } from 'ioredis';
import type { Millis } from '#libs/kernel';
import type { Durability } from '#libs/state';

/** What a server says of itself. */
export interface ServerFacts {
  product: 'Redis' | 'Valkey';
  version: string;
  /** Redis's own number, which others that speak its protocol give too. */
  level: readonly [major: number, minor: number];
  role: string;
  readOnly: boolean;
  cluster: boolean;
  replicas: number;
  aof: boolean;
  aofFailing: boolean;
  /** `unknown` where CONFIG is forbidden, as it is on many managed servers. */
  fsync: 'always' | 'everysec' | 'no' | 'unknown';
  evictionPolicy: string;
  maxMemory: number;
  usedMemory: number;
  /** Absent where CONFIG is forbidden. */
  minReplicas?: number;
  durability: Durability;
}

const settings = [
  'appendfsync',
  'maxmemory-policy',
  'min-replicas-to-write',
  'replica-read-only',
] as const;

function fieldsOf(info: string): Map<string, string> {
  const lines = info.split(/\r?\n/).filter((line) => line.includes(':') && !line.startsWith('#'));
  return new Map(
    lines.map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1)]),
  );
}

/** One setting a call: servers before 7.0 take no more. Absent where the server will not say. */
async function configOf(server: Redis): Promise<Map<string, string>> {
  const answers = await Promise.all(
    settings.map(async (name) => {
      try {
        return await server.config('GET', name);
      } catch (error) {
        if (error instanceof Error && error.name === 'ReplyError') return [];
        throw error;
      }
    }),
  );
  return new Map(
    answers.flatMap(([name, value]) => (name && value !== undefined ? [[name, value]] : [])),
  );
}

/** None without an append-only file: what was written since the last snapshot goes with the process. */
function durabilityOf(aof: boolean, fsync: ServerFacts['fsync']): Durability {
  if (!aof) return 'none';
  return fsync === 'always' ? 'fsync' : 'os';
}

export async function factsOf(server: Redis): Promise<ServerFacts> {
  const [info, config] = await Promise.all([server.info().then(fieldsOf), configOf(server)]);
  const number = (name: string) => Number(info.get(name) ?? 0);
  const level = info.get('redis_version') ?? '0.0';
  const [major = 0, minor = 0] = level.split('.').map(Number);
  const valkey = info.get('valkey_version');
  const aof = info.get('aof_enabled') === '1';
  const fsync = (config.get('appendfsync') ?? 'unknown') as ServerFacts['fsync'];
  const role = info.get('role') ?? 'master';
  const minReplicas = config.get('min-replicas-to-write');
  return {
    product: valkey === undefined ? 'Redis' : 'Valkey',
    version: valkey ?? level,
    level: [major, minor],
    role,
    readOnly: role === 'slave' && config.get('replica-read-only') !== 'no',
    cluster: info.get('cluster_enabled') === '1',
    replicas: number('connected_slaves'),
    aof,
    aofFailing: info.get('aof_last_write_status') === 'err',
    fsync,
    evictionPolicy: config.get('maxmemory-policy') ?? info.get('maxmemory_policy') ?? 'unknown',
    maxMemory: number('maxmemory'),
    usedMemory: number('used_memory'),
    ...(minReplicas !== undefined && { minReplicas: Number(minReplicas) }),
    durability: durabilityOf(aof, fsync),
  };
}

/** The server's clock minus this machine's, ms; half the round trip is taken off. */
export async function skewOf(server: Redis): Promise<Millis> {
  const asked = Date.now();
  const [seconds = 0, micros = 0] = (await server.time()).map(Number);
  return Math.round(seconds * 1000 + micros / 1000 - (asked + Date.now()) / 2);
}
