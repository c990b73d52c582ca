const { Client } = require('pg');

/** Drops the template, and stops the server if the setup started it. */
module.exports = async () => {
  const admin = new Client({ connectionString: process.env.VOSTRO_TEST_SERVER });
  await admin.connect();
  await admin.query(`DROP DATABASE ${process.env.VOSTRO_TEST_TEMPLATE}`);
  await admin.end();
  await globalThis.vostroTestServer?.stop();
};
