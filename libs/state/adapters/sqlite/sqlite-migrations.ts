import type Database from 'better-sqlite3';
import { StoreMisconfigured } from '#libs/state';
import { migrations } from './migrations/index.js';

export const versionOf = (db: Database.Database): number =>
  db.pragma('user_version', { simple: true }) as number;

/** @throws StoreMisconfigured where the file is not ours, or a newer version's */
export function checkFile(db: Database.Database, variable: string): void {
  const version = versionOf(db);
  if (version > migrations.length)
    throw new StoreMisconfigured(
      `${variable}: ${db.name} was made by a newer version (schema ${version}, this one knows ${migrations.length}); upgrade, or use another file`,
    );
  const foreign = db
    .prepare("SELECT count(*) AS n FROM sqlite_master WHERE type = 'table'")
    .get() as { n: number };
  if (version === 0 && foreign.n > 0)
    throw new StoreMisconfigured(
      `${variable}: ${db.name} holds another program's tables; name another file`,
    );
}

/** Also where nothing is to do: SQLite opens what it may not write, and says so at the first write only. */
export function migrate(db: Database.Database): void {
  db.transaction(() => {
    for (const { statements } of migrations.slice(versionOf(db)))
      for (const statement of statements) db.exec(statement);
    db.pragma(`user_version = ${migrations.length}`);
  }).immediate();
}
