import type { Client } from 'pg';
import { CURRENCIES, OWNERS } from '../workloads/tenant.js';

/** Creates the only table of the floor, with as many accounts to read as the other subjects have owners. */
export async function seedFloor(client: Client): Promise<void> {
  await client.query(`CREATE TABLE accounts (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    currency text NOT NULL,
    balance bigint NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
  )`);
  await client.query(
    `INSERT INTO accounts (currency, balance) SELECT $1::text, 0 FROM generate_series(1, ${OWNERS})`,
    [CURRENCIES[0]],
  );
  await client.query('VACUUM ANALYZE');
}
