import { type Interaction, Interactions } from '#libs/state';
import type { Handle } from './handle.js';

type Row = Omit<Interaction, 'value'> & { value: number | null };

const columns = 'id, user, course_id AS courseId, type, value, at';

const interactionOf = ({ value, ...row }: Row): Interaction => ({
  ...row,
  ...(value !== null && { value }),
});

export class SqliteInteractions extends Interactions {
  constructor(private readonly handle: Handle) {
    super();
  }

  async append(events: readonly Interaction[]): Promise<void> {
    const { file } = this.handle;
    file.write(() => {
      for (const { id, user, courseId, type, value = null, at } of events) {
        file.run(
          'INSERT OR IGNORE INTO interactions (id, user, course_id, type, value, at) VALUES (?, ?, ?, ?, ?, ?)',
          [id, user, courseId, type, value, at],
        );
      }
    });
  }

  async recentOf(user: string, limit: number): Promise<Interaction[]> {
    return this.handle.file
      .all<Row>(
        `SELECT ${columns} FROM interactions WHERE user = ? ORDER BY at DESC, id DESC LIMIT ?`,
        [user, limit],
      )
      .map(interactionOf);
  }

  async scan({ limit, after = '' }: { limit: number; after?: string }): Promise<Interaction[]> {
    return this.handle.file
      .all<Row>(`SELECT ${columns} FROM interactions WHERE id > ? ORDER BY id LIMIT ?`, [
        after,
        limit,
      ])
      .map(interactionOf);
  }

  async count(): Promise<number> {
    return this.handle.file.get<{ n: number }>('SELECT count(*) AS n FROM interactions')?.n ?? 0;
  }
}
