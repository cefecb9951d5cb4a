/** A value of a statement's parameter. A list goes through `Dialect.list` first. */
export type Param = string | number | null | Buffer | readonly unknown[];

/**
 * Statements on a connection or a pool. `?` stands for a parameter in every dialect. Times and
 * counts come as JS numbers. Only the errors of the ports are thrown.
 */
export interface Queries {
  all<Row>(sql: string, params?: readonly Param[]): Promise<Row[]>;
  get<Row>(sql: string, params?: readonly Param[]): Promise<Row | undefined>;
  /**
   * The rows changed. An UPDATE that sets what is there already may count as none (MySQL).
   * @param prepared the text comes often: the server is to keep it, where the driver can ask for that
   */
  run(sql: string, params?: readonly Param[], prepared?: boolean): Promise<number>;
}

/**
 * `write`: read committed, so that a row read `FOR UPDATE` is the newest.
 * `snapshot`: reads of one moment; nothing may be written.
 */
export type TransactionMode = 'write' | 'snapshot';
