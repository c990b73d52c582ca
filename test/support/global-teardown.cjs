const { Client } = require('pg');

/** Leaves nothing behind: neither the template nor, when we started it, the server. */
module.exports = async () => {
  const admin = new Client({ connectionString: process.env.VOSTRO_TEST_SERVER });
  await admin.connect();
  await admin.query(`DROP DATABASE ${process.env.VOSTRO_TEST_TEMPLATE}`);
  await admin.end();
  await globalThis.vostroTestServer?.stop();
};
