const { projects, ...base } = require('./jest.config.cjs');
const [, database] = projects;

/** @type {import('jest').Config} Tests that take minutes (`npm run test:slow`, `npm run test:long`). */
module.exports = {
  ...base,
  ...database,
  displayName: 'long',
  testMatch: ['<rootDir>/test/long/**/*.spec.ts'],
};
