import { describeAdapter } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { mongodb } from './index.js';

describeAdapter({ adapter: mongodb, freshUrl: () => servers.mongodb.freshUrl() });
