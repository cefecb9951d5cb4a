const { availableParallelism } = require('node:os');

/** Tests are compiled to CommonJS by swc: Jest's own ESM mode does not run Nest 12. Types are checked apart. */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/src', '<rootDir>/libs', '<rootDir>/test'],
  testMatch: ['**/*.spec.ts'],
  // These need servers, tools or containers: jest.stores.config.cjs, jest.deploy.config.cjs, jest.compose.config.cjs.
  testPathIgnorePatterns: [
    '/node_modules/',
    '/libs/state/adapters/(redis|mongodb|postgres|mysql|nats)/',
    '/test/(stores|support|deploy|compose)/',
  ],
  transformIgnorePatterns: [],
  transform: {
    '^.+\\.(ts|m?js)$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', decorators: true },
          transform: {
            legacyDecorator: true,
            decoratorMetadata: true,
            useDefineForClassFields: false,
          },
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  moduleNameMapper: {
    '^#libs/state/(adapters|testing)$': '<rootDir>/libs/state/$1/index.ts',
    '^#libs/([a-z-]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testTimeout: 90_000,
  // They wait for servers half of the time: on two cores one worker, Jest's own choice, leaves one idle.
  maxWorkers: Math.max(2, availableParallelism() - 1),
};
