import { describeProfile } from './support/describe-profile.js';

describeProfile({
  profile: 'mongodb',
  replicas: { 'app-mongodb': 2 },
  scaled: { 'app-mongodb': 3 },
});
