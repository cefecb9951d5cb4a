import type { Queries } from '../queries.js';

const counter = "name = 'catalogue revision'";

/**
 * Within the transaction of every change that a list, a card or a search could show. Last of all, so
 * that everybody locks in the same order: courses, what hangs on them, the counter.
 */
export async function bumpRevision(queries: Queries): Promise<void> {
  await queries.run(`UPDATE singletons SET number = number + 1 WHERE ${counter}`);
}

export async function revisionOf(queries: Queries): Promise<number> {
  const sql = `SELECT number FROM singletons WHERE ${counter}`;
  return (await queries.get<{ number: number }>(sql))?.number ?? 0;
}
