import { describeProfile } from './support/describe-profile.js';

describeProfile({
  profile: 'mysql-redis',
  replicas: { 'app-mysql': 2 },
  scaled: { 'app-mysql': 3 },
});
