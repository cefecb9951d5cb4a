import { describeAdapter } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { postgres } from './index.js';

describeAdapter({ adapter: postgres, freshUrl: () => servers.postgres.freshUrl() });
