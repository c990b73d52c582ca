const { projects, ...base } = require('./jest.config.cjs');
const [, database] = projects;

/** @type {import('jest').Config} Specs for a server that is not the embedded one (`npm run test:stock`). */
module.exports = {
  ...base,
  ...database,
  displayName: 'stock',
  testMatch: [...database.testMatch, '<rootDir>/test/stock/**/*.spec.ts'],
};
