import { describeAdapter } from '#libs/state/testing';
import { servers } from '../../../../test/support/servers/index.js';
import { nats } from './index.js';

describeAdapter({ adapter: nats, freshUrl: () => servers.nats.freshUrl() });
