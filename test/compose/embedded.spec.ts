import { describeProfile } from './support/describe-profile.js';

describeProfile({ profile: 'embedded', replicas: { embedded: 1 }, scaled: {} });
