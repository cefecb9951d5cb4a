import type { Finding, Inspection } from '#libs/state';
import type { Handle } from './handle.js';
import { pendingMigrations } from './schema.js';

/** How far the server's clock may be from ours before it is worth a word, ms. */
const skewTold = 1000;

/** What `doctor` asks of every port; `more` is what one port knows besides. */
export function inspect(handle: Handle, more: readonly Finding[] = []): Promise<Inspection> {
  return handle.read(async () => {
    const { deployment } = handle;
    const before = Date.now();
    const told = await deployment.hello();
    const between = (before + Date.now()) / 2;
    const [{ version }, pending] = await Promise.all([
      deployment.db.command({ buildInfo: 1 }) as Promise<{ version?: string }>,
      pendingMigrations(deployment.db),
    ]);
    const clockSkewMs = told.localTime && Math.round(told.localTime.getTime() - between);
    return {
      version: `MongoDB ${version} (${deployment.kind}${told.setName ? ` ${told.setName}` : ''}), writes ${written(handle)}`,
      ...(clockSkewMs !== undefined && { clockSkewMs }),
      pendingMigrations: Math.max(0, pending),
      findings: [...findingsOf(handle, clockSkewMs ?? 0), ...more],
    };
  });
}

function written({ deployment: { writeConcern } }: Handle): string {
  return `w=${String(writeConcern?.w ?? 1)}${writeConcern?.journal ? ', journaled' : ''}`;
}

function findingsOf(handle: Handle, skew: number): Finding[] {
  const { kind, writeConcern } = handle.deployment;
  const findings: Finding[] = [];
  if (kind === 'standalone')
    findings.push({
      level: 'warning',
      what: 'the server is standalone: what it acknowledged is on one disk',
      advice: 'run a replica set, of one member at least; then change streams carry the bus too',
    });
  else if (!handle.deployment.replicates)
    findings.push({
      level: 'problem',
      what: `the URL asks for w=${String(writeConcern?.w)} of a ${kind}: a write that is acknowledged is lost when its primary is`,
      advice: 'leave w out of the URL; majority is asked for then',
    });
  if (Math.abs(skew) > skewTold)
    findings.push({
      level: 'warning',
      what: `the server's clock is ${skew} ms from this machine's`,
      advice: 'keep both by NTP',
    });
  return findings;
}
