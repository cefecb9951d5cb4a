import type { CopiedEvent, Page, PendingAppend } from '#libs/state';
import type { Dialect } from '../dialect.js';
import type { Queries } from '../queries.js';
import type { SqlDatabase } from '../sql-database.js';
import type { EventRow } from './rows.js';

/** How one kind of database writes its log and finds messages by term. */
export interface HistoryDialect<D extends SqlDatabase = SqlDatabase> {
  /** Stores what many callers append, all in few round trips. Settles each of them and never throws. */
  commit(database: D, batch: readonly PendingAppend[]): Promise<void>;
  /** Stores events with the numbers they have, in a transaction that holds the room. */
  insert(
    queries: Queries,
    dialect: Dialect,
    room: string,
    events: readonly CopiedEvent[],
  ): Promise<void>;
  /** Forgets what finds events below `before`, in the transaction that forgets those. */
  forgetIndexed(queries: Queries, room: string, before: number): Promise<void>;
  /** Gives a room another epoch: the new one and the room's id are its parameters. */
  readonly renewal: string;
  /** Selects what changes messages, as rows of `events`: the room and the messages' ids are its parameters. */
  changes(dialect: Dialect): string;
  /** The rows of HistoryStore.search. `rooms` and `terms` are distinct and not empty. */
  search(
    database: D,
    rooms: readonly string[],
    terms: readonly string[],
    page: Page,
  ): Promise<EventRow[]>;
}
