import { describeAdapter } from '#libs/state/testing';
import { mongodb } from './index.js';

let databases = 0;

describeAdapter({
  adapter: mongodb,
  freshUrl: () =>
    (process.env['TEST_MONGODB_URL'] ?? 'mongodb://127.0.0.1:27390/?directConnection=true').replace(
      /\/\?/,
      `/t${process.pid}_${Date.now().toString(36)}_${(databases += 1)}?`,
    ),
});
