import { describeAdapter } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { mysql } from './index.js';

describeAdapter({ adapter: mysql, freshUrl: () => servers.mysql.freshUrl() });
