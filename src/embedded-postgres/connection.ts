import { Client, DatabaseError } from 'pg';
import { type Cluster, HOST, RUNTIME_ROLE, SUPERUSER } from './cluster.js';

const DATABASE = 'vostro';
const CONNECT_TIMEOUT_MS = 2_000;
const REFUSED_STATES = ['28P01', '28000'];

export function urlOf(port: number, role: string, password: string): string {
  return `postgres://${role}:${password}@${HOST}:${port}/${DATABASE}`;
}

/** Whether a server accepts connections. @throws Error when it does, but refuses the password */
export async function accepts(port: number, password: string): Promise<boolean> {
  const client = maintenanceClient(port, password);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (error instanceof DatabaseError && REFUSED_STATES.includes(error.code ?? ''))
      throw new Error(
        'PostgreSQL refuses the password in postgres.password: its data was made with another',
        {
          cause: error,
        },
      );
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Creates the database and the role that the app runs as, if they are missing. Migrations grant that role its
 * privileges.
 */
export async function ensureDatabase(
  port: number,
  { password, runtimePassword }: Pick<Cluster, 'password' | 'runtimePassword'>,
): Promise<void> {
  const client = maintenanceClient(port, password);
  await client.connect();
  try {
    const { rowCount } = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    const role = await client.query('SELECT 1 FROM pg_roles WHERE rolname = $1', [RUNTIME_ROLE]);
    if (role.rowCount === 0) await client.query(`CREATE ROLE ${RUNTIME_ROLE} LOGIN`);
    // Set at each start: the password file may be newer than the data.
    await client.query(`ALTER ROLE ${RUNTIME_ROLE} PASSWORD '${runtimePassword}'`);
  } finally {
    await client.end();
  }
}

function maintenanceClient(port: number, password: string): Client {
  const client = new Client({
    host: HOST,
    port,
    user: SUPERUSER,
    password,
    database: 'postgres',
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
    // Otherwise PGSSLMODE of the app's environment would apply.
    ssl: false,
  });
  client.on('error', () => undefined);
  return client;
}
