/** What checks deploy/ with the tools that read it: promtool, kubectl. `npm run test:deploy`. */
const base = require('./jest.config.cjs');

module.exports = {
  ...base,
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: ['<rootDir>/test/deploy/**/*.spec.ts'],
};
