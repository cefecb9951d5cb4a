import type { HistoryDialect } from '../_sql/history/history-dialect.js';
import { appendOptimistically } from '../_sql/history/optimistic-append.js';
import { termsTable } from '../_sql/history/terms-table.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import { Epochs } from './epochs.js';
import { MysqlWriter } from './mysql-writer.js';

/** One for each store: it remembers the rooms' epochs. */
export function mysqlHistory(): HistoryDialect<PooledDatabase> {
  const epochs = new Epochs();
  return {
    commit: (database, batch) => appendOptimistically(new MysqlWriter(database, epochs), batch),
    ...termsTable,
  };
}
