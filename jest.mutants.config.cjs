/** What scripts/test-mutants.mjs runs in its copy of the tree, on servers that it has started. */
const base = require('./jest.stores.config.cjs');

module.exports = { ...base, globalSetup: undefined, globalTeardown: undefined };
