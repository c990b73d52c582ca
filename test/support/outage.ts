import { Client } from 'pg';
import type { World } from './world.js';

const PAUSE_MS = 20;

/** Takes a world's database away from everybody while `act` runs, as a failed server would, and gives it back. */
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

/** A connection that was being made meanwhile may still fail; whoever comes next shall not be the one to find out. */
async function recovered(world: World): Promise<void> {
  while ((await world.send('GET', '/health/ready')).status !== 200)
    await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
}
