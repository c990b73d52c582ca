const { Client } = require('pg');
const endOfRun = require('./end-of-run.cjs');

/** Drops the template, and stops the server if the setup started it; also when a test has left connections to it. */
module.exports = async (globalConfig) => {
  try {
    const admin = new Client({ connectionString: process.env.VOSTRO_TEST_SERVER });
    await admin.connect();
    await admin.query(`DROP DATABASE ${process.env.VOSTRO_TEST_TEMPLATE} WITH (FORCE)`);
    await admin.end();
  } finally {
    await globalThis.vostroTestServer?.stop();
    endOfRun(globalConfig);
  }
};
