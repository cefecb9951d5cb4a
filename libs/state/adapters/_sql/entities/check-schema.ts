import { StoreMisconfigured } from '#libs/state';
import type { SqlDatabase } from '../sql-database.js';
import { tablesOf } from './index.js';

/** @throws StoreMisconfigured naming what is missing of a schema that somebody changed by hand */
export async function checkSchema(database: SqlDatabase): Promise<void> {
  const rows = await database.all<{ name: string; col: string }>(database.dialect.columnsSql);
  const found = new Set(rows.map(({ name, col }) => `${name}.${col}`));
  const present = new Set(rows.map(({ name }) => name));
  for (const [table, columns] of Object.entries(tablesOf(database.dialect.name))) {
    const missing = present.has(table)
      ? Object.keys(columns).find((column) => !found.has(`${table}.${column}`))
      : '';
    if (missing === undefined) continue;
    const what = missing === '' ? `table ${table}` : `column ${missing} of table ${table}`;
    const { variable, shown } = database.place;
    throw new StoreMisconfigured(
      `${variable}: ${shown} has lost its ${what}; its schema was changed by hand: restore it from a backup, or use another database`,
    );
  }
}
