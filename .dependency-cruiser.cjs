/**
 * The arrows of docs/architecture.md. A folder may import itself and what stands behind it here, nothing else.
 */
const MAY_IMPORT = {
  shared: [],
  config: ['shared'],
  entities: ['shared'],
  database: ['entities', 'config', 'shared'],
  audit: ['database', 'config', 'entities', 'shared'],
  idempotency: ['audit', 'database', 'config', 'entities', 'shared'],
  currencies: ['audit', 'idempotency', 'database', 'entities', 'shared'],
  jurisdictions: ['audit', 'idempotency', 'database', 'entities', 'shared'],
  products: ['currencies', 'audit', 'idempotency', 'database', 'entities', 'shared'],
  approvals: ['audit', 'idempotency', 'database', 'config', 'entities', 'shared'],
  customers: ['approvals', 'events', 'audit', 'idempotency', 'database', 'config', 'entities', 'shared'],
  events: ['database', 'entities', 'shared'],
  ledger: ['database', 'entities', 'shared'],
  books: ['ledger', 'database', 'entities', 'shared'],
  payments: [
    ...['accounts', 'books', 'customers', 'ledger', 'approvals', 'currencies', 'events'],
    ...['audit', 'idempotency', 'database', 'entities', 'shared'],
  ],
  webhooks: ['events', 'audit', 'idempotency', 'database', 'config', 'entities', 'shared'],
  mail: ['events', 'audit', 'idempotency', 'database', 'config', 'entities', 'shared'],
  platforms: ['auth', 'customers', 'approvals', 'audit', 'idempotency', 'database', 'entities', 'shared'],
  auth: ['approvals', 'audit', 'idempotency', 'database', 'config', 'entities', 'shared'],
  accounts: [
    ...['customers', 'products', 'currencies', 'jurisdictions', 'ledger', 'auth', 'approvals', 'events'],
    ...['audit', 'idempotency', 'database', 'entities', 'shared'],
  ],
  http: ['metrics', 'auth', 'audit', 'idempotency', 'database', 'shared'],
  admission: ['http', 'auth', 'metrics', 'config', 'shared'],
  health: ['admission', 'auth', 'shared'],
  metrics: ['books', 'shared'],
  apis: [
    'http',
    'auth',
    'accounts',
    'customers',
    'products',
    'currencies',
    'jurisdictions',
    'platforms',
    'payments',
    'books',
    'webhooks',
    'mail',
    'events',
    'approvals',
    'audit',
    'idempotency',
    'sandbox',
    'shared',
  ],
  sandbox: [
    ...[
      'audit',
      'customers',
      'payments',
      'platforms',
      'demo',
      'http',
      'database',
      'entities',
      'config',
      'shared',
    ],
  ],
  openapi: ['apis', 'http', 'auth', 'config', 'shared'],
  // A black box: it knows the server by HTTP alone.
  contract: [],
  demo: ['accounts', 'customers', 'auth', 'audit', 'database', 'entities', 'config', 'shared'],
};

const arrows = Object.entries(MAY_IMPORT).map(([folder, allowed]) => ({
  name: `${folder}-imports-only-what-it-may`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^src/', pathNot: [folder, ...allowed].map((name) => `^src/${name}/`) },
}));

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    ...arrows,
    {
      name: 'every-folder-has-its-arrows',
      comment: 'A new folder must be named above.',
      severity: 'error',
      from: {
        path: '^src/[^/]+/',
        pathNot: ['cli', ...Object.keys(MAY_IMPORT)].map((name) => `^src/${name}/`),
      },
      to: {},
    },
    {
      name: 'an-api-imports-no-other-api',
      severity: 'error',
      from: { path: '^src/apis/([^/]+)/' },
      to: { path: '^src/apis/', pathNot: '^src/apis/$1/' },
    },
    {
      name: 'only-its-api-knows-the-sandbox',
      comment: 'It is left out of every other bank by the composition root.',
      severity: 'error',
      from: { path: '^src/[^/]+/', pathNot: '^src/(sandbox|apis/sandbox|cli)/' },
      to: { path: '^src/sandbox/' },
    },
    {
      name: 'shared-is-plain-typescript',
      severity: 'error',
      from: { path: '^src/shared/' },
      to: { path: 'node_modules' },
    },
    {
      name: 'the-ledger-knows-no-http',
      severity: 'error',
      from: { path: '^src/ledger/' },
      to: { path: 'node_modules/(fastify|@nestjs/platform-fastify)' },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['require', 'node', 'default'] },
  },
};
