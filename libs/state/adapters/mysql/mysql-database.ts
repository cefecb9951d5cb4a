import type { StoreOptions } from '#libs/state';
import { openPooled, pooledKey } from '../_sql/open-pooled.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import type { Opener } from '../_sql/sql-handle.js';
import { mysqlDialect } from './mysql-dialect.js';
import { MysqlPool } from './mysql-pool.js';

export const mysqlOpener: Opener<PooledDatabase> = {
  name: 'mysql',
  shared: true,
  key: pooledKey,
  connect: async (options: StoreOptions) => {
    const pool = await MysqlPool.open(options);
    return openPooled(mysqlDialect(await pool.version()), options, pool);
  },
};
