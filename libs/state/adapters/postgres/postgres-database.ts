import type { StoreOptions } from '#libs/state';
import { openPooled, pooledKey } from '../_sql/open-pooled.js';
import type { PooledDatabase } from '../_sql/pooled-database.js';
import type { Opener } from '../_sql/sql-handle.js';
import { postgresDialect } from './postgres-dialect.js';
import { PostgresPool } from './postgres-pool.js';

export const postgresOpener: Opener<PooledDatabase> = {
  name: 'postgres',
  shared: true,
  key: pooledKey,
  connect: async (options: StoreOptions) =>
    openPooled(postgresDialect, options, await PostgresPool.open(options)),
};
