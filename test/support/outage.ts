import { databaseNameOf, onServer } from './test-database.js';
import { until } from './until.js';
import type { World } from './world.js';

/** Makes a world's database unavailable while `act` runs, like a failed server, and available again afterwards. */
export async function duringOutage<T>(world: World, act: () => Promise<T>): Promise<T> {
  const name = databaseNameOf(world.databaseUrl);
  try {
    await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS false`);
    await endSessions(world);
    return await act();
  } finally {
    await onServer(`ALTER DATABASE ${name} ALLOW_CONNECTIONS true`);
    // A connection attempt made meanwhile may still fail; no later request may meet it.
    await untilReady(world);
  }
}

/** Ends every session of a world's database, as a restart of the server does. */
export function endSessions({ databaseUrl }: World): Promise<void> {
  return onServer('SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1', [
    databaseNameOf(databaseUrl),
  ]);
}

/** Waits until the process says that it is ready. */
export function untilReady(world: World): Promise<void> {
  return until(async () => (await world.send('GET', '/health/ready')).status === 200, { what: 'readiness' });
}
