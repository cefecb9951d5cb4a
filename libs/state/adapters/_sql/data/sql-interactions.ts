import { type Interaction, Interactions, type InteractionType } from '#libs/state';
import { insertRows } from '../insert-rows.js';
import type { SqlHandle } from '../sql-handle.js';

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

export class SqlInteractions extends Interactions {
  constructor(private readonly handle: SqlHandle) {
    super();
  }

  async append(events: readonly Interaction[]): Promise<void> {
    const { database, dialect } = this.handle;
    const ending = dialect.unlessThere('interactions', 'id');
    const rows = events.map(({ id, user, courseId, type, value = null, at }) => {
      return [id, user, courseId, type, value, at];
    });
    const insert = { table: 'interactions', columns, ending };
    if (rows.length <= dialect.rowsAtOnce) await insertRows(database, dialect, insert, rows);
    else await database.transaction((queries) => insertRows(queries, dialect, insert, rows));
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
}
