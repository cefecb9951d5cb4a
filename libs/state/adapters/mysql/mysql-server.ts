import { type Durability, type Finding, type Inspection, StoreMisconfigured } from '#libs/state';
import type { Place, ServerFacts } from '../_sql/dialect.js';
import type { Queries } from '../_sql/queries.js';

const names = [
  'version',
  'version_comment',
  'read_only',
  'innodb_read_only',
  'innodb_flush_log_at_trx_commit',
  'innodb_doublewrite',
  'log_bin',
  'sync_binlog',
  'binlog_format',
  'max_connections',
];

type Settings = ReadonlyMap<string, string>;

async function settingsOf(queries: Queries): Promise<Settings> {
  const list = names.map((name) => `'${name}'`).join(', ');
  const rows = await queries.all<{ Variable_name: string; Value: string }>(
    `SHOW GLOBAL VARIABLES WHERE Variable_name IN (${list})`,
  );
  return new Map(rows.map((row) => [row.Variable_name.toLowerCase(), row.Value]));
}

export const isMariaDb = (version: string): boolean => /mariadb/i.test(version);

const on = (value: string | undefined) => /^(ON|1)$/i.test(value ?? '');

/** MySQL 8.0.17 has a binary collation that does not ignore trailing spaces; MariaDB 10.6 is the oldest supported. */
export function checkVersion(version: string, { variable, shown }: Place): void {
  const maria = isMariaDb(version);
  const [major = 0, minor = 0, patch = 0] = (/\d+\.\d+\.\d+/.exec(version)?.[0] ?? '')
    .split('.')
    .map(Number);
  const number = major * 1_000_000 + minor * 1000 + patch;
  if (number < (maria ? 10_006_000 : 8_000_017))
    throw new StoreMisconfigured(
      `${variable}: ${shown} is ${maria ? 'MariaDB' : 'MySQL'} ${version}; MariaDB 10.6 or MySQL 8.0.17 or newer is needed`,
    );
}

export async function facts(queries: Queries, place: Place): Promise<ServerFacts> {
  const settings = await settingsOf(queries);
  checkVersion(settings.get('version') ?? '', place);
  return { durability: durabilityOf(settings), readOnly: readOnlyOf(settings) };
}

/** MariaDB's 3 syncs as 1 does. With a binary log a commit that is not in it is undone after a crash. */
function durabilityOf(settings: Settings): Durability {
  const synced = /^[13]$/.test(settings.get('innodb_flush_log_at_trx_commit') ?? '');
  const logged = !on(settings.get('log_bin')) || settings.get('sync_binlog') === '1';
  return synced && logged ? 'fsync' : 'os';
}

function readOnlyOf(settings: Settings): string | null {
  if (on(settings.get('innodb_read_only'))) return 'runs with innodb_read_only';
  const mode = settings.get('read_only');
  return mode === undefined || /^(OFF|0)$/i.test(mode) ? null : 'is read_only, a replica perhaps';
}

export async function inspect(queries: Queries): Promise<Omit<Inspection, 'pendingMigrations'>> {
  const settings = await settingsOf(queries);
  const version = settings.get('version') ?? '';
  const before = Date.now();
  const time = await queries.get<{ ms: number }>('SELECT UNIX_TIMESTAMP(NOW(3)) * 1000 AS ms');
  const clockSkewMs = Math.round((time?.ms ?? before) - (before + Date.now()) / 2);
  const findings = findingsOf(settings);
  const crowd = await crowdOf(queries, Number(settings.get('max_connections')));
  if (crowd) findings.push(crowd);
  const product = isMariaDb(version) ? 'MariaDB' : 'MySQL';
  return { version: `${product} ${version.replace(/-MariaDB.*/i, '')}`, clockSkewMs, findings };
}

function findingsOf(settings: Settings): Finding[] {
  const findings: Finding[] = [];
  const problem = (what: string, advice: string) =>
    findings.push({ level: 'problem', what, advice });
  const flush = settings.get('innodb_flush_log_at_trx_commit') ?? '';
  if (!/^[13]$/.test(flush))
    problem(
      `innodb_flush_log_at_trx_commit is ${flush}: the last second of commits is lost in a crash`,
      'set it to 1',
    );
  const sync = settings.get('sync_binlog');
  if (on(settings.get('log_bin')) && sync !== '1')
    problem(
      `sync_binlog is ${sync}: commits that the binary log lost in a crash are undone`,
      'set it to 1',
    );
  if (on(settings.get('log_bin')) && settings.get('binlog_format') === 'STATEMENT')
    problem(
      'binlog_format is STATEMENT: nothing can be written at READ COMMITTED',
      'set it to ROW',
    );
  const doublewrite = settings.get('innodb_doublewrite') ?? 'ON';
  if (/^(OFF|0|DETECT_ONLY)$/i.test(doublewrite))
    problem(
      `innodb_doublewrite is ${doublewrite}: a power cut can destroy pages`,
      'set it to ON, unless the file system never tears a 16 kB write',
    );
  const readOnly = readOnlyOf(settings);
  if (readOnly !== null)
    problem(`the server ${readOnly}: nothing can be written`, 'name the primary');
  return findings;
}

async function crowdOf(queries: Queries, most: number): Promise<Finding | undefined> {
  const row = await queries.get<{ Value: string }>("SHOW GLOBAL STATUS LIKE 'Threads_connected'");
  const used = Number(row?.Value ?? 0);
  if (used < most * 0.8) return undefined;
  return {
    level: 'warning',
    what: `${used} of max_connections ${most} are in use`,
    advice: 'raise max_connections, or lower pool= in the URLs',
  };
}
