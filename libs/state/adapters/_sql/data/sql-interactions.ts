import {
  type Interaction,
  Interactions,
  type InteractionType,
  isAboutHiding,
  type Trend,
} from '#libs/state';
import { insertRows } from '../insert-rows.js';
import type { Queries } from '../queries.js';
import type { SqlHandle } from '../sql-handle.js';
import { noteHiding } from './hidden-courses.js';
import { raiseTrends } from './trends.js';

interface Row {
  id: string;
  user_id: string;
  course_id: string;
  type: InteractionType;
  value: number | null;
  at: number;
}

const columns = ['id', 'user_id', 'course_id', 'type', 'value', 'at'];
const selected = `SELECT ${columns.join(', ')} FROM interactions`;

const interactionOf = ({ id, user_id, course_id, type, value, at }: Row): Interaction => ({
  id,
  user: user_id,
  courseId: course_id,
  type,
  ...(value !== null && { value }),
  at,
});

const rowOf = ({ id, user, courseId, type, value, at }: Interaction) => [
  id,
  user,
  courseId,
  type,
  value ?? null,
  at,
];

export class SqlInteractions extends Interactions {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async append(events: readonly Interaction[]): Promise<void> {
    if (events.length === 0) return;
    const { database, dialect } = this.handle;
    await database.transaction(async (queries) => {
      const fresh = await this.insertNew(queries, events);
      for (const event of fresh.filter(isAboutHiding)) await noteHiding(queries, dialect, event);
      await raiseTrends(queries, dialect, fresh);
    });
  }

  async hiddenBy(user: string): Promise<string[]> {
    const rows = await this.handle.database.all<{ course_id: string }>(
      'SELECT course_id FROM hidden_courses WHERE user_id = ? AND hidden = 1',
      [user],
    );
    return rows.map(({ course_id }) => course_id);
  }

  async trending(limit: number): Promise<Trend[]> {
    const rows = await this.handle.database.all<{ course_id: string; weight: number }>(
      'SELECT course_id, weight FROM trends ORDER BY weight DESC, course_id LIMIT ?',
      [limit],
    );
    return rows.map(({ course_id, weight }) => ({ courseId: course_id, weight }));
  }

  async recentOf(user: string, limit: number): Promise<Interaction[]> {
    const rows = await this.handle.database.all<Row>(
      `${selected} WHERE user_id = ? ORDER BY at DESC, id DESC LIMIT ?`,
      [user, limit],
    );
    return rows.map(interactionOf);
  }

  async scan({ limit, after = '' }: { limit: number; after?: string }): Promise<Interaction[]> {
    const rows = await this.handle.database.all<Row>(
      `${selected} WHERE id > ? ORDER BY id LIMIT ?`,
      [after, limit],
    );
    return rows.map(interactionOf);
  }

  async count(): Promise<number> {
    const sql = 'SELECT count(*) AS n FROM interactions';
    return (await this.handle.database.get<{ n: number }>(sql))?.n ?? 0;
  }

  /** Ids are nearly always new: only where they were not is it asked of each. Gives those that were. */
  private async insertNew(
    queries: Queries,
    events: readonly Interaction[],
  ): Promise<readonly Interaction[]> {
    const { dialect } = this.handle;
    const insert = {
      table: 'interactions',
      columns,
      ending: dialect.unlessThere('interactions', 'id'),
    };
    if (events.length > 1) await queries.run('SAVEPOINT appending');
    const inserted = await insertRows(queries, dialect, insert, events.map(rowOf));
    if (inserted === events.length) return events;
    if (events.length === 1) return [];
    await queries.run('ROLLBACK TO SAVEPOINT appending');
    const fresh: Interaction[] = [];
    for (const event of events)
      if ((await insertRows(queries, dialect, insert, [rowOf(event)])) > 0) fresh.push(event);
    return fresh;
  }
}
