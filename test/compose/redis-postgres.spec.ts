import { describeProfile } from './support/describe-profile.js';

describeProfile({ profile: 'redis-postgres', replicas: { app: 2 }, scaled: { app: 4 } });
