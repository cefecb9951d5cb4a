import type { Logger } from '#libs/kernel';
import type { SqlHandle } from '../sql-handle.js';
import type { Connections } from './connections.js';
import type { RefreshTokens } from './refresh-tokens.js';

/** How often a replica that writes also clears away, ms, and how much at once. */
const everyMs = 30_000;
const atOnce = 1000;

/** Clears away what has passed its deadline, which nobody is shown any more: it only takes room. */
export class Sweeper {
  private due = performance.now() + everyMs;
  private sweeping: Promise<void> | undefined;

  constructor(
    private readonly handle: SqlHandle,
    private readonly connections: Connections,
    private readonly tokens: RefreshTokens,
    private readonly logger: Logger,
  ) {}

  /** Called with every write. Nobody waits for it. */
  written(): void {
    if (this.sweeping || performance.now() < this.due) return;
    this.due = performance.now() + everyMs;
    this.sweeping = this.sweep()
      .catch((error: unknown) =>
        this.logger.warn({ err: error }, 'expired sessions were not swept'),
      )
      .finally(() => (this.sweeping = undefined));
  }

  /** Resolves when nothing is being swept. */
  async settled(): Promise<void> {
    await this.sweeping;
  }

  async sweep(): Promise<void> {
    await this.connections.sweep(atOnce);
    await this.tokens.sweep(atOnce);
    await this.sweepCounters();
  }

  private async sweepCounters(): Promise<void> {
    const { database, dialect, now } = this.handle;
    const rows = await database.all<{ counter_key: string }>(
      'SELECT counter_key FROM counters WHERE reset_at <= ? ORDER BY reset_at LIMIT ?',
      [now, atOnce],
    );
    if (rows.length === 0) return;
    await database.run(
      `DELETE FROM counters WHERE ${dialect.among('counter_key')} AND reset_at <= ?`,
      [dialect.list(rows.map(({ counter_key }) => counter_key)), now],
    );
  }
}
