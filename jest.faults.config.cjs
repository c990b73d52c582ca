const { projects, ...base } = require('./jest.config.cjs');
const [, database] = projects;

/** @type {import('jest').Config} Faults of the database, one at a time, under load (`npm run test:faults`). */
module.exports = {
  ...base,
  ...database,
  displayName: 'faults',
  testMatch: ['<rootDir>/test/faults/**/*.spec.ts'],
  maxWorkers: 1,
};
