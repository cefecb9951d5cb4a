import type { Finding, Inspection } from '#libs/state';
import type { Queries } from '../_sql/queries.js';

export async function inspect(queries: Queries): Promise<Omit<Inspection, 'pendingMigrations'>> {
  const [version] = await queries.all<{ v: string }>('SELECT sqlite_version() AS v');
  const [mode] = await queries.all<{ journal_mode: string }>('PRAGMA journal_mode');
  const findings: Finding[] = [];
  if (mode?.journal_mode !== 'wal')
    findings.push({
      level: 'warning',
      what: `journal_mode is ${mode?.journal_mode}: readers wait for the writer`,
      advice: 'keep the file on a local disk, where SQLite can keep a write-ahead log beside it',
    });
  const [health] = await queries.all<{ quick_check: string }>('PRAGMA quick_check(1)');
  if (health?.quick_check !== 'ok')
    findings.push({
      level: 'problem',
      what: `the file is damaged: ${health?.quick_check}`,
      advice: 'restore it from a backup',
    });
  return { version: `SQLite ${version?.v}`, findings };
}
