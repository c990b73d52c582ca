const base = require('./jest.config.cjs');

/** Tests that take minutes (`npm run test:slow`, `npm run test:long`). */
module.exports = {
  ...base,
  roots: ['<rootDir>/test/long'],
  testPathIgnorePatterns: [],
  maxWorkers: 2,
};
