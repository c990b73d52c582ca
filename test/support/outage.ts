import { Client } from 'pg';

/** Takes a database away from everybody while `act` runs, as a failed server would, and gives it back. */
export async function duringOutage<T>(databaseUrl: string, act: () => Promise<T>): Promise<T> {
  const name = new URL(databaseUrl).pathname.slice(1);
  const admin = new Client({ connectionString: process.env.VOSTRO_TEST_SERVER });
  await admin.connect();
  try {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    return await act();
  } finally {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.end();
  }
}
