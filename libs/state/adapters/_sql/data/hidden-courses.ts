import { type Interaction, isLater } from '#libs/state';
import type { Dialect } from '../dialect.js';
import type { Queries } from '../queries.js';

/** Within the transaction that stores the event: it holds, unless a later one was stored before. */
export async function noteHiding(
  queries: Queries,
  dialect: Dialect,
  { id, user, courseId, type, at }: Interaction,
): Promise<void> {
  const hidden = type === 'hide' ? 1 : 0;
  const inserted = await queries.run(
    `INSERT INTO hidden_courses (user_id, course_id, hidden, at, event_id) VALUES (?, ?, ?, ?, ?)${dialect.unlessThere('hidden_courses', 'at')}`,
    [user, courseId, hidden, at, id],
  );
  if (inserted > 0) return;
  const before = await queries.get<{ at: number; event_id: string }>(
    `SELECT at, event_id FROM hidden_courses WHERE user_id = ? AND course_id = ?${dialect.forUpdate}`,
    [user, courseId],
  );
  if (!before || !isLater({ at, id }, { at: before.at, id: before.event_id })) return;
  await queries.run(
    'UPDATE hidden_courses SET hidden = ?, at = ?, event_id = ? WHERE user_id = ? AND course_id = ?',
    [hidden, at, id, user, courseId],
  );
}
