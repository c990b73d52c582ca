/**
 * The embedded server of the build: its watcher is a program of the build, too, and stops the server when a test run is
 * killed.
 */
export const { startEmbeddedPostgres } =
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- an import would need declarations of the build
  require('../../dist/embedded-postgres/embedded-postgres.js') as typeof import('../../src/embedded-postgres/embedded-postgres.js');
