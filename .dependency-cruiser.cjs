/** The walls of docs/architecture.md, executable. Each rule says why it stands. */
const drivers = '^(node_modules/)?(typeorm|pg|mysql2|mongodb|ioredis|better-sqlite3|nats|@nats-io)';
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Two files that need each other are one idea in two places, and load order becomes luck.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'libs-know-nothing-of-src',
      comment:
        'Libraries are usable and testable without the application; src depends on them, never back.',
      severity: 'error',
      from: { path: '^libs/' },
      to: { path: '^src/' },
    },
    {
      name: 'drivers-only-in-adapters',
      comment:
        'A module that reaches a driver keeps state past its port, and no contract suite sees it.',
      severity: 'error',
      from: { path: '^(src|libs|test)/', pathNot: '^libs/state/adapters/|^test/' },
      to: { path: drivers },
    },
    {
      name: 'ports-know-no-adapter',
      comment: 'A port that knows its implementations cannot be implemented by others.',
      severity: 'error',
      from: { path: '^libs/state/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^libs/state/(adapters|testing)/' },
    },
    {
      name: 'adapters-stand-alone',
      comment:
        'What two adapters share stands in _sql or beside the ports; else removing one breaks another.',
      severity: 'error',
      from: { path: '^libs/state/adapters/([^/]+)/' },
      to: { path: '^libs/state/adapters/[^/]+/', pathNot: '^libs/state/adapters/($1|_sql)/' },
    },
    {
      name: 'pure-libraries',
      comment:
        'Ranking, tokenizing and recommending are functions of their input: no framework, no I/O.',
      severity: 'error',
      from: { path: '^libs/(search|recommender)/src/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(node_modules/)?(@nestjs|fastify|ws|typeorm)|^(fs|net|http|child_process)$' },
    },
    {
      name: 'modules-meet-at-their-index',
      comment:
        'What a module lets others use is in its index.ts; everything else may change unseen.',
      severity: 'error',
      from: { path: '^src/(course|recommendation|identity|chat)/' },
      to: {
        path: '^src/(course|recommendation|identity|chat)/',
        pathNot: '^src/$1/|^src/[^/]+/index\\.ts$',
      },
    },
    {
      name: 'domain-imports-no-framework',
      comment: 'Rules of the domain are read and tested without Nest, HTTP or a socket.',
      severity: 'error',
      from: { path: '^src/[^/]+/domain/', pathNot: '\\.spec\\.ts$' },
      to: { path: '^(node_modules/)?(@nestjs|fastify|ws|rxjs|pino)' },
    },
    {
      name: 'not-to-dev-dependencies',
      comment: 'The image carries production dependencies only.',
      severity: 'error',
      from: {
        path: '^(src|libs)/',
        pathNot: '\\.spec\\.ts$|^libs/state/testing/|^src/.*\\.testing\\.ts$',
      },
      to: { dependencyTypes: ['npm-dev'], pathNot: '@types/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)dist/' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['types', 'import', 'node', 'default'],
    },
  },
};
