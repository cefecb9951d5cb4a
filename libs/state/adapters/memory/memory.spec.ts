import { describeAdapter } from '#libs/state/testing';
import { memory } from './index.js';

describeAdapter({ adapter: memory, freshUrl: () => 'memory:' });
