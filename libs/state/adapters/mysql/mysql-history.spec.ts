import { describeSqlLog } from '../_sql/history/log-promises.testing.js';
import { servers } from '../../../../test/support/servers/index.js';
import { mysql } from './index.js';
import { mysqlOpener } from './mysql-database.js';

describeSqlLog({
  adapter: mysql,
  opener: mysqlOpener,
  freshUrl: () => servers.mysql.freshUrl(),
});
