import type { Durability, Inspection, StateError } from '#libs/state';
import type { Queries } from './queries.js';

/** Where an error happened, for its message: the URL without its password. */
export interface Place {
  variable: string;
  shown: string;
}

/** What is learnt of a server when it is opened. */
export interface ServerFacts {
  durability: Durability;
  /** Why nothing can be written there, or null. */
  readOnly: string | null;
}

/** Run only where the query `where` gives a row: for servers that refuse to do again what is done. */
export interface ConditionalStatement {
  sql: string;
  where: string;
}

export interface Migration<Statement = string | ConditionalStatement> {
  /** e.g. `0001-catalogue`; the number is its place in the list, from 1. */
  name: string;
  statements: readonly Statement[];
}

/** What really differs between the SQL databases. Everything else is written once. */
export interface Dialect {
  readonly name: 'sqlite' | 'postgres' | 'mysql';
  /** Appended to a SELECT within a transaction that goes on to change what it read. */
  readonly forUpdate: '' | ' FOR UPDATE';
  /** The function that gives the larger of two values. */
  readonly greatest: 'max' | 'GREATEST';
  /**
   * The head of a room, in a statement about `rooms`. `locking` is what ends that statement: of a room
   * that is locked it is the newest head, which nobody raises until the transaction ends.
   */
  head(locking: Dialect['forUpdate']): string;
  /** Rows of one INSERT: many where a statement is a round trip. */
  readonly rowsAtOnce: number;
  /** A statement with `?` as its driver takes it. */
  text(sql: string): string;
  /** `column IN (list)`, with one `?` for a parameter made by `list`. */
  among(column: string, type?: 'text' | 'integer'): string;
  list(values: readonly (string | number)[]): string | readonly (string | number)[];
  /** Ends an INSERT: a row whose key is taken is left out and not counted. `column` is any of the table's. */
  unlessThere(table: string, column: string): string;
  /** Ends an INSERT: where `keys` are taken, `columns` of that row are replaced. */
  orReplace(keys: readonly string[], columns: readonly string[]): string;
  /** Within such an ending: the value that was to be inserted. */
  inserted(column: string): string;

  /** What a driver's error means to the caller and to who configured the store. */
  translate(error: unknown, place: Place): StateError;
  /** The transaction was undone by the server and may succeed when it is repeated. */
  retryable(error: unknown): boolean;
  /** The connection must not be used again. */
  fatal(error: unknown): boolean;

  readonly migrations: readonly Migration[];
  /** Gives `{name, col}` for every column of every table of this database. */
  readonly columnsSql: string;
  /** `work` while no other process does the same. Everything happens on the connection of `queries`. */
  underLock(queries: Queries, work: () => Promise<void>): Promise<void>;
  /** @throws StoreMisconfigured where the server is too old */
  facts(queries: Queries, place: Place): Promise<ServerFacts>;
  inspect(queries: Queries): Promise<Omit<Inspection, 'pendingMigrations'>>;
}
