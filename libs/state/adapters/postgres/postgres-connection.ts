import type pg from 'pg';
import type { PoolConnection } from '../_sql/pool.js';

/** Closes the socket at once: a polite end would wait for a server that does not answer. */
export function cut(client: pg.ClientBase): void {
  (
    client as unknown as { connection: { stream: { destroy(): void } } }
  ).connection.stream.destroy();
}

export class PostgresConnection implements PoolConnection {
  constructor(private readonly client: pg.PoolClient) {}

  async all(text: string, params: readonly unknown[]): Promise<unknown[]> {
    return (await this.answer(text, params)).rows;
  }

  async run(text: string, params: readonly unknown[]): Promise<number> {
    return (await this.answer(text, params)).rowCount ?? 0;
  }

  release(): void {
    this.client.release();
  }

  destroy(): void {
    cut(this.client);
    this.client.release(true);
  }

  /** Without parameters by the simple protocol, which takes several statements at once. */
  private answer(text: string, params: readonly unknown[]): Promise<pg.QueryResult<object>> {
    return params.length === 0
      ? this.client.query<object>(text)
      : this.client.query<object>(text, params as unknown[]);
  }
}
