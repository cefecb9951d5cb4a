import { describeSqlLog } from '../_sql/history/log-promises.testing.js';
import { servers } from '../../../../test/support/servers/index.js';
import { postgres } from './index.js';
import { postgresOpener } from './postgres-database.js';

describeSqlLog({
  adapter: postgres,
  opener: postgresOpener,
  freshUrl: () => servers.postgres.freshUrl(),
});
