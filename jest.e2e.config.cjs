/** The end-to-end suite on the stores of one profile, which `npm run test:e2e` names in PROFILE. */
const base = require('./jest.stores.config.cjs');

module.exports = { ...base, testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'] };
