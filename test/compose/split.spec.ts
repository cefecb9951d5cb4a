import { describeProfile } from './support/describe-profile.js';

describeProfile({
  profile: 'split',
  replicas: { stateless: 3, chat: 2 },
  scaled: { chat: 3 },
  // One document of the API for each kind of process; nothing joins them.
  lacking: ['http'],
});
