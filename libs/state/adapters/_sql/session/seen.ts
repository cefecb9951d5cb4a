import type { Dialect } from '../dialect.js';
import { insertRows } from '../insert-rows.js';
import type { Queries } from '../queries.js';

/** When a connection of theirs ended: of two times the later one stays. */
export async function saw(
  queries: Queries,
  dialect: Dialect,
  times: readonly { user: string; at: number }[],
): Promise<void> {
  const latest = new Map<string, number>();
  for (const { user, at } of times) latest.set(user, Math.max(at, latest.get(user) ?? at));
  const { greatest } = dialect;
  const later = `at = ${greatest}(seen.at, ${dialect.inserted('at')})`;
  const ending =
    dialect.name === 'mysql'
      ? ` ON DUPLICATE KEY UPDATE ${later}`
      : ` ON CONFLICT (user_id) DO UPDATE SET ${later}`;
  // In one order for everybody: two who write the same users never wait for each other in a circle.
  const rows = [...latest].sort(([one], [other]) => (one < other ? -1 : 1));
  await insertRows(queries, dialect, { table: 'seen', columns: ['user_id', 'at'], ending }, rows);
}
