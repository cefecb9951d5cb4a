/** The specs that need servers: started once for the run by `npm run test:stores`. */
const { availableParallelism } = require('node:os');
const base = require('./jest.config.cjs');

module.exports = {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: [
    '<rootDir>/libs/state/adapters/*/*.spec.ts',
    '<rootDir>/test/stores/**/*.spec.ts',
    '<rootDir>/test/support/**/*.spec.ts',
  ],
  globalSetup: '<rootDir>/test/support/servers/global-setup.mjs',
  globalTeardown: '<rootDir>/test/support/servers/global-teardown.mjs',
  testEnvironment: '<rootDir>/test/support/servers/environment.mjs',
  testTimeout: 300_000,
  // They wait for servers, and for what expires there, most of the time.
  maxWorkers: Math.max(3, availableParallelism() - 1),
};
