import type { Client } from 'pg';
import { DataSource } from 'typeorm';
import { CONVENTIONAL_ENTITIES } from '../conventional/entities.js';
import { CURRENCIES, JURISDICTION, ownerKey, OWNERS, ownerSecret } from '../workloads/tenant.js';
import { secretHash } from './vostro-seed.js';

/** Creates the tables of its entities, with the same owners, keys, currencies and first accounts as the tenant. */
export async function seedConventional(url: string, client: Client): Promise<void> {
  const entities = CONVENTIONAL_ENTITIES;
  const dataSource = await new DataSource({
    type: 'postgres',
    url,
    entities,
    synchronize: true,
  }).initialize();
  await dataSource.destroy();
  const owners = Array.from({ length: OWNERS }, (_, owner) => owner);
  await client.query(
    `INSERT INTO customers (status, "kycStatus", jurisdiction)
     SELECT 'active', 'approved', $1::text FROM generate_series(1, ${OWNERS})`,
    [JURISDICTION],
  );
  await client.query(
    `INSERT INTO credentials ("customerId", key, "secretHash")
     SELECT * FROM unnest($1::bigint[], $2::text[], $3::bytea[])`,
    [
      owners.map((owner) => owner + 1),
      owners.map(ownerKey),
      owners.map((owner) => secretHash(ownerSecret(owner))),
    ],
  );
  await client.query(
    'INSERT INTO jurisdiction_currencies (jurisdiction, currency) SELECT $1::text, unnest($2::text[])',
    [JURISDICTION, CURRENCIES],
  );
  await client.query(
    `INSERT INTO accounts ("publicId", "customerId", currency, status)
     SELECT 'acc_' || n, n, $1::text, 'active' FROM generate_series(1, ${OWNERS}) n`,
    [CURRENCIES[0]],
  );
  await client.query(
    `INSERT INTO balances ("accountId", "postedMinor", "lockedMinor") SELECT id, 0, 0 FROM accounts`,
  );
  await client.query('VACUUM ANALYZE');
}
