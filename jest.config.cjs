/** Settings of both projects. */
const shared = {
  transform: { '^.+\\.ts$': ['ts-jest', { tsconfig: 'tsconfig.json', diagnostics: false }] },
  // Sources import the compiled file (./x.js), as Node's module resolution requires; Jest runs the .ts file beside it.
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
};

/** Specs that need a real PostgreSQL, which is started once for the run. */
const database = {
  ...shared,
  displayName: 'database',
  // Node's environment, with every response checked against the API documents.
  testEnvironment: '<rootDir>/test/support/conformance/environment.ts',
  testMatch: ['<rootDir>/test/{apis,contract,e2e,integration}/**/*.spec.ts'],
  globalSetup: '<rootDir>/test/support/global-setup.cjs',
  globalTeardown: '<rootDir>/test/support/global-teardown.cjs',
};

/** Specs that need neither a database nor a build: `npm run test:only -- --selectProjects unit`. */
const unit = {
  ...shared,
  displayName: 'unit',
  testEnvironment: 'node',
  testMatch: ['<rootDir>/test/unit/**/*.spec.ts'],
};

/** @type {import('jest').Config} */
module.exports = {
  projects: [unit, database],
  reporters: ['default', '<rootDir>/test/support/summary-reporter.cjs'],
  // Ends a test that hangs. Ten times what the slowest takes alone, so that none is ended for other programs' load.
  testTimeout: 120_000,
  maxWorkers: 2,
};
