import type { Dialect } from './dialect.js';
import type { Param, Queries } from './queries.js';

export interface Insert {
  table: string;
  columns: readonly string[];
  /** e.g. `Dialect.unlessThere` */
  ending?: string;
}

/** As few statements as the dialect needs. Gives the rows inserted. */
export async function insertRows(
  queries: Queries,
  { rowsAtOnce }: Dialect,
  { table, columns, ending = '' }: Insert,
  rows: readonly (readonly Param[])[],
): Promise<number> {
  const row = `(${columns.map(() => '?').join(', ')})`;
  let inserted = 0;
  for (let at = 0; at < rows.length; at += rowsAtOnce) {
    const some = rows.slice(at, at + rowsAtOnce);
    const values = some.map(() => row).join(', ');
    inserted += await queries.run(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values}${ending}`,
      some.flat(),
    );
  }
  return inserted;
}
