import {
  CHAINED_ENTRY_SQL,
  type ChainedEntry,
  GENESIS,
  legacyLinkHash,
} from '../../src/audit/audit-chain.js';
import { AuditKeys } from '../../src/audit/audit-keys.service.js';
import { AuditVerifier, type ChainVerdict } from '../../src/audit/audit-verifier.service.js';
import { Environment } from '../../src/config/env.js';
import { UnitOfWork } from '../../src/database/unit-of-work.js';
import type { Platform } from '../../src/entities/platform.entity.js';
import { Clock } from '../../src/shared/clock.js';
import { type AdminClient, anAdminClient } from '../support/admin.js';
import { createWorld, type World } from '../support/world.js';
import { sealAll } from '../support/sealing.js';

/** The attacker may write every row with SQL and knows the source code, but not the pepper. */

let world: World;
let admin: AdminClient;
let platform: Platform;

beforeEach(async () => {
  world = await createWorld();
  admin = await anAdminClient(world);
  platform = await world.make.aPlatform();
  await act(4);
});
afterEach(() => world.close());

async function act(times: number): Promise<void> {
  for (let n = 0; n < times; n++)
    await admin.send('PATCH', `/platforms/plt_${platform.id}`, { name: `Renamed ${platform.id} ${n}` });
  await sealed();
}

async function sealed(): Promise<void> {
  await sealAll(world.app);
}

const verdict = async (): Promise<ChainVerdict | undefined> =>
  (await world.app.get(AuditVerifier).verify(platform.id))[0];

/** As after a restart: the key that this process caches is not used. */
async function verdictOfNewProcess(): Promise<ChainVerdict | undefined> {
  const { app, dataSource } = world;
  const [env, unitOfWork, clock] = [app.get(Environment), app.get(UnitOfWork), app.get(Clock)];
  const keys = new AuditKeys(env, dataSource, unitOfWork, clock);
  return (await new AuditVerifier(dataSource, keys, clock).verify(platform.id))[0];
}

/** Recomputes the links of every chain with SHA-256 from a position on. */
async function recompute(version: 1 | 2, from = 1): Promise<void> {
  const rows = await world.dataSource.query<
    { platformId: string; position: string; hash: Buffer; entry: ChainedEntry }[]
  >(
    `SELECT s.platform_id AS "platformId", s.position, s.hash, ${CHAINED_ENTRY_SQL} AS entry FROM audit_seals s
     JOIN audit_entries e ON e.platform_id = s.platform_id AND e.id = s.entry_id ORDER BY s.platform_id, s.position`,
  );
  const heads = new Map<string, Buffer>();
  for (const { platformId, position, hash: known, entry } of rows) {
    const isKept = Number(position) < from;
    const hash = isKept ? known : legacyLinkHash(heads.get(platformId) ?? GENESIS, entry);
    heads.set(platformId, hash);
    if (!isKept)
      await world.dataSource.query(
        'UPDATE audit_seals SET hash = $3, version = $4 WHERE platform_id = $1 AND position = $2',
        [platformId, position, hash, version],
      );
  }
}

const rewriteSecondEntry = (): Promise<unknown> =>
  world.dataSource.query(
    `UPDATE audit_entries SET actor_name = 'somebody else' WHERE id =
      (SELECT entry_id FROM audit_seals WHERE platform_id = $1 AND position = 2)`,
    [platform.id],
  );

it('An unmodified chain is intact', async () => {
  expect(await verdict()).toMatchObject({ verified: 4, firstBroken: null });
  expect(await verdictOfNewProcess()).toMatchObject({ verified: 4, firstBroken: null });
});

it('An altered entry is detected when all links are recomputed with SHA-256', async () => {
  await rewriteSecondEntry();
  await recompute(2, 2);
  expect(await verdict()).toMatchObject({ firstBroken: { position: '2', problem: 'entry_altered' } });
});

it('Links downgraded to version 1 are detected', async () => {
  await rewriteSecondEntry();
  await recompute(1, 2);
  expect(await verdict()).toMatchObject({ firstBroken: { position: '2', problem: 'link_downgraded' } });
});

it('A deleted or replaced key is detected', async () => {
  const [row] = await world.dataSource.query<[{ sealed: Buffer }]>('SELECT sealed FROM audit_keys');
  await world.dataSource.query('DELETE FROM audit_keys');
  expect(await verdictOfNewProcess()).toMatchObject({ firstBroken: { problem: 'key_missing' } });
  await world.dataSource.query('INSERT INTO audit_keys (id, sealed, created_at) VALUES (1, $1, now())', [
    Buffer.from(row.sealed).reverse(),
  ]);
  await expect(verdictOfNewProcess()).rejects.toThrow();
});

describe('Links from before there was a key', () => {
  beforeEach(async () => {
    await recompute(1);
    await world.dataSource.query('DELETE FROM audit_keys');
    Object.assign(world.app.get(AuditKeys), { known: undefined });
  });

  it('stay verifiable, with keyed links after them', async () => {
    expect(await verdict()).toMatchObject({ verified: 4, firstBroken: null });
    await act(2);
    expect(await verdict()).toMatchObject({ verified: 6, firstBroken: null });
    expect(await world.count('audit_seals', `platform_id = ${platform.id} AND version = 2`)).toBe(2);
  });

  it('cannot be recomputed undetected', async () => {
    await verdict();
    await rewriteSecondEntry();
    await recompute(1);
    expect(await verdict()).toMatchObject({ firstBroken: { position: '4', problem: 'entry_altered' } });
  });

  it('cannot be cut off undetected', async () => {
    await verdict();
    await world.dataSource.query('DELETE FROM audit_seals WHERE platform_id = $1 AND position > 2', [
      platform.id,
    ]);
    expect(await verdict()).toMatchObject({ firstBroken: { position: '3', problem: 'link_missing' } });
  });
});
