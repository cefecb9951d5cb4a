import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Queries } from '../queries.js';

const counter = "name = 'catalogue revision'";
const table = 'course_changes';
const columns = ['course_id', 'revision', 'deleted_at'];

/**
 * Gives each of these courses the next number, within the transaction of every change that a list, a
 * card or a search could show. Last of all, so that everybody locks in the same order: courses, what
 * hangs on them, the counter. Numbers are commit-visible by that lock: who takes one waits until
 * those below it can be read. Gives the last number.
 */
export async function recordChanges(
  queries: Queries,
  dialect: Dialect,
  ids: readonly string[],
  deletedAt: number | null = null,
): Promise<number> {
  if (ids.length === 0) return revisionOf(queries);
  await queries.run(`UPDATE singletons SET number = number + ? WHERE ${counter}`, [ids.length]);
  const last = await revisionOf(queries);
  const rows = ids.map((id, at) => [id, last - ids.length + 1 + at, deletedAt]);
  const ending = dialect.orReplace(['course_id'], ['revision', 'deleted_at']);
  await insertRows(queries, dialect, { table, columns, ending }, rows);
  return last;
}

export async function revisionOf(queries: Queries): Promise<number> {
  const sql = `SELECT number FROM singletons WHERE ${counter}`;
  return (await queries.get<{ number: number }>(sql))?.number ?? 0;
}
