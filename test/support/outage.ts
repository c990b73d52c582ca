import { Client } from 'pg';
import type { World } from './world.js';

const PAUSE_MS = 20;

/** Makes a world's database unavailable while `act` runs, like a failed server, and available again afterwards. */
export async function duringOutage<T>(world: World, act: () => Promise<T>): Promise<T> {
  const name = new URL(world.databaseUrl).pathname.slice(1);
  const admin = new Client({ connectionString: process.env.VOSTRO_TEST_SERVER });
  await admin.connect();
  try {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await admin.query('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [name]);
    return await act();
  } finally {
    await admin.query(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    await admin.end();
    await recovered(world);
  }
}

/** A connection attempt made meanwhile may still fail; this waits so that no later request meets it. */
async function recovered(world: World): Promise<void> {
  while ((await world.send('GET', '/health/ready')).status !== 200)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
