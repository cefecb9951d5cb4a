import { describeAdapter } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { redis } from './index.js';

describeAdapter({ adapter: redis, freshUrl: () => servers.redis.freshUrl() });
