import type { Dialect } from './dialect.js';
import type { Param, Queries } from './queries.js';

export interface Insert {
  table: string;
  columns: readonly string[];
  /** e.g. `Dialect.unlessThere` */
  ending?: string;
}

/** Characters or bytes of one statement's values, roughly: what a server takes as one packet is more. */
const sizeAtOnce = 1 << 20;

/** As few statements as the dialect needs. Gives the rows inserted. */
export async function insertRows(
  queries: Queries,
  { rowsAtOnce }: Dialect,
  { table, columns, ending = '' }: Insert,
  rows: readonly (readonly Param[])[],
): Promise<number> {
  const row = `(${columns.map(() => '?').join(', ')})`;
  let inserted = 0;
  for (const some of groups(rows, rowsAtOnce)) {
    const values = some.map(() => row).join(', ');
    inserted += await queries.run(
      `INSERT INTO ${table} (${columns.join(', ')}) VALUES ${values}${ending}`,
      some.flat(),
    );
  }
  return inserted;
}

function* groups(
  rows: readonly (readonly Param[])[],
  most: number,
): Generator<(readonly Param[])[]> {
  let group: (readonly Param[])[] = [];
  let size = 0;
  for (const row of rows) {
    const own = row.reduce<number>((sum, value) => sum + sizeOf(value), 0);
    if (group.length === most || (group.length > 0 && size + own > sizeAtOnce)) {
      yield group;
      [group, size] = [[], 0];
    }
    group.push(row);
    size += own;
  }
  if (group.length > 0) yield group;
}

const sizeOf = (value: Param): number =>
  typeof value === 'string' || Buffer.isBuffer(value) ? value.length : 8;
