import type { ExecuteValues, PoolConnection as Driver, ResultSetHeader } from 'mysql2';
import type { PoolConnection } from '../_sql/pool.js';

/**
 * Values are escaped here, not on the server, where a statement is not asked to be prepared: LIMIT
 * takes no number from a prepared one there.
 */
export class MysqlConnection implements PoolConnection {
  private gone = false;

  constructor(private readonly connection: Driver) {}

  async all(text: string, params: readonly unknown[]): Promise<unknown[]> {
    return (await this.answer(text, params)) as unknown[];
  }

  async run(text: string, params: readonly unknown[], prepared = false): Promise<number> {
    const answer = prepared ? this.prepared(text, params) : this.answer(text, params);
    return ((await answer) as ResultSetHeader).affectedRows ?? 0;
  }

  release(): void {
    if (!this.gone) this.connection.release();
  }

  destroy(): void {
    this.gone = true;
    this.connection.destroy();
  }

  private prepared(sql: string, values: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.connection.execute(sql, values as ExecuteValues, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  }

  private answer(sql: string, values: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      this.connection.query({ sql, values: [...values] }, (error, result) => {
        if (error) reject(error);
        else resolve(result);
      });
    });
  }
}
