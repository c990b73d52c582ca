/**
 * Starts one PostgreSQL for the whole run, as the app does, or uses the one of TEST_DATABASE_URL; and creates a
 * migrated template with reference data, which every test file copies. Requires the built app.
 */
const { chmodSync, mkdtempSync, rmSync } = require('node:fs');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
require('reflect-metadata');
const { Client } = require('pg');
const { DataSource } = require('typeorm');
const { dataSourceOptions } = require('../../dist/database/data-source-options.js');
const { startEmbeddedPostgres } = require('../../dist/embedded-postgres/embedded-postgres.js');
const { migrate } = require('../../dist/database/migrate.js');
const { seedReferenceData } = require('../../dist/database/seeds/reference-data.js');

module.exports = async () => {
  const server = process.env.TEST_DATABASE_URL ?? (await startServer());
  const template = `vostro_template_${process.pid}`;
  const admin = new Client({ connectionString: server });
  await admin.connect();
  await admin.query(`CREATE DATABASE ${template}`);
  await admin.end();
  const url = new URL(server);
  url.pathname = `/${template}`;
  await migrate(url.href);
  const dataSource = await new DataSource(dataSourceOptions(url.href, 1)).initialize();
  await dataSource.transaction((tx) => seedReferenceData(tx, new Date('2026-01-01T00:00:00Z')));
  await dataSource.destroy();
  process.env.VOSTRO_TEST_SERVER = server;
  process.env.VOSTRO_TEST_TEMPLATE = template;
};

async function startServer() {
  const home = mkdtempSync(join(tmpdir(), 'vostro-test-'));
  // As root the server runs under another account, which must be able to enter the folder.
  chmodSync(home, 0o711);
  const postgres = await startEmbeddedPostgres({ home, durable: false });
  globalThis.vostroTestServer = {
    stop: async () => {
      await postgres.stop();
      rmSync(home, { recursive: true, force: true });
    },
  };
  return postgres.url;
}
