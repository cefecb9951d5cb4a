import type { StateError } from '#libs/state';
import type { Queries } from '../_sql/queries.js';
import type { Statement } from './log-insert.js';

/** Statements after which the count of their texts begins anew. */
const counted = 512;
/** A text is prepared where it came more often than this meanwhile: preparing costs a round trip. */
const rare = 3;
/** How long all goes as text after a server, or what stands before it, could not prepare, ms. */
const textFor = 60_000;

/** 1047 unknown command, 1243 unknown handler, 1295 cannot be prepared, 1461 too many, 1615 prepare again. */
const notPrepared = [1047, 1243, 1295, 1461, 1615];

/** Runs what is sent again and again as prepared statements, as far as the server lets it. */
export class RepeatedStatements {
  private readonly uses = new Map<string, number>();
  private runs = 0;
  private textUntil = 0;

  async run(queries: Queries, { sql, params, prepared }: Statement): Promise<void> {
    if (prepared && this.often(sql) && performance.now() > this.textUntil) {
      try {
        await queries.run(sql, params, true);
        return;
      } catch (error) {
        const { errno = 0 } = ((error as StateError).cause ?? {}) as { errno?: number };
        if (!notPrepared.includes(errno)) throw error;
        this.textUntil = performance.now() + textFor;
      }
    }
    await queries.run(sql, params);
  }

  private often(sql: string): boolean {
    if ((this.runs += 1) % counted === 0) this.uses.clear();
    const uses = (this.uses.get(sql) ?? 0) + 1;
    this.uses.set(sql, uses);
    return uses > rare;
  }
}
