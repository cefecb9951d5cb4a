import { describeAdapter } from '#libs/state/testing';
import { redis } from './index.js';

const server = process.env['TEST_REDIS_URL'] ?? 'redis://localhost:6390';
let fresh = 0;

describeAdapter({
  adapter: redis,
  freshUrl: () => `${server}?prefix=t${process.pid}-${(fresh += 1)}`,
});
