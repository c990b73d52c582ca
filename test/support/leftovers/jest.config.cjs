const { resolve } = require('node:path');
const { projects } = require('../../../jest.config.cjs');
const [, database] = projects;

/** @type {import('jest').Config} Test files that end badly on purpose; test/long/hook-timeout.spec.ts runs them. */
module.exports = {
  ...database,
  rootDir: resolve(__dirname, '../../..'),
  testMatch: ['<rootDir>/test/support/leftovers/*.fixture.ts'],
  globalSetup: undefined,
  // The part of the teardown that needs no database.
  globalTeardown: '<rootDir>/test/support/end-of-run.cjs',
  testTimeout: 500,
};
