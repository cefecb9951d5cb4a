/** The end-to-end suite on a deployment that runs already, which E2E_PORT and E2E_CONTAINERS name. */
const base = require('./jest.config.cjs');

/** These are about a process of their own: its variables, its exit code, its folder, its empty catalogue. */
const own = [
  'evaluate',
  'examples',
  'import',
  'indexing',
  'leaving',
  'operators',
  'overload',
  'process',
  'recommendations',
  'tokens',
  'tracing',
];

module.exports = {
  ...base,
  testMatch: ['<rootDir>/test/e2e/**/*.spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', `/test/e2e/(${own.join('|')})\\.spec\\.ts$`],
  testTimeout: 360_000,
};
