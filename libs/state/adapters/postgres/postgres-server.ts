import { type Finding, type Inspection, StoreMisconfigured } from '#libs/state';
import type { Place, ServerFacts } from '../_sql/dialect.js';
import type { Queries } from '../_sql/queries.js';

/** Generated columns (12) and what is still supported (13). */
const oldest = 130_000;

interface Settings {
  version: string;
  number: string;
  readonly: string;
  recovery: boolean;
  commit: string;
  fsync: string;
  pages: string;
}

const setting = (name: string) => `coalesce(current_setting('${name}', true), 'on')`;

const settingsSql = `SELECT version() AS version, current_setting('server_version_num') AS number,
  current_setting('transaction_read_only') AS readonly, pg_is_in_recovery() AS recovery,
  ${setting('synchronous_commit')} AS commit, ${setting('fsync')} AS fsync, ${setting('full_page_writes')} AS pages`;

const settingsOf = async (queries: Queries): Promise<Settings> =>
  (await queries.all<Settings>(settingsSql))[0] as Settings;

/** @throws StoreMisconfigured where the server is too old */
export async function facts(queries: Queries, place: Place): Promise<ServerFacts> {
  const settings = await settingsOf(queries);
  if (Number(settings.number) < oldest)
    throw new StoreMisconfigured(
      `${place.variable}: ${place.shown} is ${shortVersion(settings.version)}; PostgreSQL 13 or newer is needed`,
    );
  const lost = settings.commit === 'off' || settings.fsync === 'off';
  return {
    durability: lost ? 'os' : 'fsync',
    readOnly: settings.recovery
      ? 'is a replica'
      : settings.readonly === 'on'
        ? 'is read-only (default_transaction_read_only)'
        : null,
  };
}

export async function inspect(queries: Queries): Promise<Omit<Inspection, 'pendingMigrations'>> {
  const settings = await settingsOf(queries);
  const before = Date.now();
  const [time] = await queries.all<{ ms: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS ms',
  );
  const clockSkewMs = Math.round((time?.ms ?? before) - (before + Date.now()) / 2);
  const findings = findingsOf(settings);
  const crowd = await crowdOf(queries);
  if (crowd) findings.push(crowd);
  return { version: shortVersion(settings.version), clockSkewMs, findings };
}

function findingsOf({ commit, fsync, pages, readonly, recovery }: Settings): Finding[] {
  const findings: Finding[] = [];
  const problem = (what: string, advice: string) =>
    findings.push({ level: 'problem', what, advice });
  if (fsync === 'off')
    problem('fsync is off: a power cut can destroy the database', 'set fsync = on and restart');
  if (pages === 'off')
    problem(
      'full_page_writes is off: a power cut can destroy pages',
      'set full_page_writes = on, unless the file system never tears an 8 kB write',
    );
  if (commit === 'off')
    problem(
      'synchronous_commit is off: the last commits are lost in a crash',
      'set synchronous_commit = on for this database or user',
    );
  if (recovery) problem('the server is a replica: nothing can be written', 'name the primary');
  else if (readonly === 'on')
    problem(
      'default_transaction_read_only is on: nothing can be written',
      'turn it off, or name the primary',
    );
  return findings;
}

async function crowdOf(queries: Queries): Promise<Finding | undefined> {
  const [row] = await queries.all<{ used: number; most: string }>(
    "SELECT count(*) AS used, current_setting('max_connections') AS most FROM pg_stat_activity WHERE backend_type = 'client backend'",
  );
  if (!row || row.used < Number(row.most) * 0.8) return undefined;
  return {
    level: 'warning',
    what: `${row.used} of max_connections ${row.most} are in use`,
    advice: 'raise max_connections, put a pooler in front, or lower pool= in the URLs',
  };
}

/** "PostgreSQL 15.18" of "PostgreSQL 15.18 (Debian …) on …". */
const shortVersion = (version: string): string =>
  /^\S+(?: \S*[A-Z]\S*)* v?[\d.]+/.exec(version)?.[0] ?? version;
