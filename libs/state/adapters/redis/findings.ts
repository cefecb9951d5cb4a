import { type Finding, StoreMisconfigured } from '#libs/state';
import type { ServerFacts } from './server-facts.js';

export type RedisPort = 'history' | 'session' | 'bus';

const evicts = ({ evictionPolicy }: ServerFacts): boolean =>
  evictionPolicy !== 'noeviction' && evictionPolicy !== 'unknown';

const oldest = { single: [6, 2], cluster: [7, 0] } as const;

/** What a store of this kind must not be opened on. @throws StoreMisconfigured */
export function refuse(
  facts: ServerFacts,
  {
    port,
    cluster,
    sharded,
    reading,
    what,
  }: { port: RedisPort; cluster: boolean; sharded: boolean; reading: boolean; what: string },
): void {
  const shards = port === 'bus' && sharded;
  const [major, minor] = oldest[cluster || shards ? 'cluster' : 'single'];
  const needs = shards ? 'for sharded pub/sub it' : 'it';
  if (facts.level[0] < major || (facts.level[0] === major && facts.level[1] < minor))
    throw new StoreMisconfigured(
      `${what}: ${facts.product} ${facts.version} is too old; ${cluster ? 'a cluster' : needs} has to be ${major}.${minor} or newer`,
    );
  if (facts.cluster && !cluster)
    throw new StoreMisconfigured(
      `${what}: the server is part of a cluster; use redis+cluster:// with some of its nodes`,
    );
  if (reading) return;
  if (facts.readOnly)
    throw new StoreMisconfigured(
      `${what}: the server is a read-only replica; name the primary, or the Sentinels (redis+sentinel://)`,
    );
  if (port === 'history' && evicts(facts))
    throw new StoreMisconfigured(
      `${what}: maxmemory-policy is ${facts.evictionPolicy}, by which the server forgets history when it is full; set maxmemory-policy noeviction`,
    );
}

/** What an operator should know of a server that keeps this port's data. */
export function findingsOf(facts: ServerFacts, port: RedisPort): Finding[] {
  return [
    ...evictionFindings(facts, port),
    ...memoryFindings(facts),
    ...(port === 'history' ? lossFindings(facts) : []),
  ];
}

function evictionFindings(facts: ServerFacts, port: RedisPort): Finding[] {
  if (!evicts(facts) || port === 'bus') return [];
  return [
    {
      level: port === 'history' ? 'problem' : 'warning',
      what: `maxmemory-policy is ${facts.evictionPolicy}: a full server forgets ${port === 'history' ? 'messages' : 'sessions'}`,
      advice: 'set maxmemory-policy noeviction',
    },
  ];
}

function memoryFindings({ maxMemory, usedMemory }: ServerFacts): Finding[] {
  if (maxMemory === 0 || usedMemory < maxMemory * 0.85) return [];
  const percent = Math.round((usedMemory / maxMemory) * 100);
  return [
    {
      level: 'warning',
      what: `${percent} % of maxmemory is used; at 100 % writes are refused`,
      advice: 'raise maxmemory, or trim history',
    },
  ];
}

function lossFindings(facts: ServerFacts): Finding[] {
  const findings: Finding[] = [];
  if (!facts.aof)
    findings.push({
      level: 'problem',
      what: 'appendonly is no: messages acknowledged since the last snapshot are lost with the process',
      advice: 'set appendonly yes and appendfsync always',
    });
  else if (facts.fsync === 'unknown')
    findings.push({
      level: 'note',
      what: 'appendfsync is unknown (CONFIG is forbidden); it is taken for everysec',
      advice: 'look it up with whoever runs the server; always loses nothing',
    });
  else if (facts.fsync !== 'always')
    findings.push({
      level: 'warning',
      what: `appendfsync is ${facts.fsync}: a power cut loses the last ${facts.fsync === 'no' ? 'half minute' : 'second'} of acknowledged messages`,
      advice: 'set appendfsync always',
    });
  if (facts.aofFailing)
    findings.push({
      level: 'problem',
      what: 'the last write to the append-only file failed',
      advice: 'free space on its disk',
    });
  if (facts.replicas === 0)
    findings.push({
      level: 'note',
      what: 'no replica is connected: the data are as safe as one machine',
      advice: 'add a replica, with Sentinel or Cluster to promote it',
    });
  else if (facts.minReplicas === 0)
    findings.push({
      level: 'warning',
      what: 'replication is asynchronous: a promoted replica may lack the last acknowledged messages',
      advice: 'set min-replicas-to-write 1, which bounds the loss to min-replicas-max-lag',
    });
  return findings;
}
