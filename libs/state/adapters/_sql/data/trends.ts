import { type Interaction, trendsOf } from '#libs/state';
import type { Dialect } from '../dialect.js';
import type { Queries } from '../queries.js';

/** Within the transaction that stores the events; in the order of course ids, so that nobody deadlocks. */
export async function raiseTrends(
  queries: Queries,
  dialect: Dialect,
  events: readonly Interaction[],
): Promise<void> {
  const raise =
    dialect.name === 'mysql' ? 'ON DUPLICATE KEY UPDATE' : 'ON CONFLICT (course_id) DO UPDATE SET';
  for (const { courseId, weight } of trendsOf(events))
    await queries.run(
      `INSERT INTO trends (course_id, weight) VALUES (?, ?) ${raise} weight = trends.weight + ${dialect.inserted('weight')}`,
      [courseId, weight],
    );
}
