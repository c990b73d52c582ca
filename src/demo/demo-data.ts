import type { EntityManager } from 'typeorm';
import { seedReferenceData } from '../database/seeds/reference-data.js';
import { Currency } from '../entities/currency.entity.js';
import { Customer, type KycStatus } from '../entities/customer.entity.js';
import { SYSTEM_PLATFORM_ID, Platform } from '../entities/platform.entity.js';
import { Workspace } from '../entities/workspace.entity.js';

/** The actor in the audit trail that issues the demo's credentials. */
export const DEMO_ACTOR = 'demo';
/** The initial name: an admin may rename the platform, or give the name to another one. */
const PLATFORM_NAME = 'Demo Platform';
const SEQUENCE = {
  platform: 'platforms_id_seq',
  customer: 'customers_id_seq',
  workspace: 'workspaces_id_seq',
};

/** The demo's customers, each with a workspace. `residence` null: the country of the platform, US, applies. */
const CUSTOMERS: readonly {
  identifier: string;
  displayName: string;
  kyc: KycStatus;
  residence: string | null;
}[] = [
  { identifier: 'demo-owner', displayName: 'Thandi Nkosi', kyc: 'approved', residence: 'ZA' },
  { identifier: 'demo-owner-pending', displayName: 'Pieter Botha', kyc: 'pending', residence: 'ZA' },
  { identifier: 'demo-holder', displayName: 'Ada Exports Ltd', kyc: 'approved', residence: 'GB' },
  { identifier: 'demo-holder-pending', displayName: 'Brook Imports Ltd', kyc: 'pending', residence: 'DE' },
  { identifier: 'demo-group', displayName: 'Acme Group', kyc: 'approved', residence: null },
  { identifier: 'demo-rejected', displayName: 'Nemo Holdings', kyc: 'rejected', residence: null },
];

export interface DemoCustomer {
  customerId: string;
  workspaceId: string;
}

export interface DemoData {
  platformId: string;
  /** By identifier. */
  customers: ReadonlyMap<string, DemoCustomer>;
}

/**
 * Returns the demo of the database; creates it when it does not exist.
 * @param platformId of the demo's platform, if its file is known; `null`: it is looked up in the audit trail
 */
export async function ensureDemoData(
  tx: EntityManager,
  platformId: string | null,
  now: Date,
): Promise<DemoData> {
  const id = platformId ?? (await findDemoPlatformId(tx));
  return id === null ? createDemoData(tx, now) : readDemoData(tx, id);
}

/** The first platform that the demo has issued a key of. */
async function findDemoPlatformId(tx: EntityManager): Promise<string | null> {
  const [{ id }] = await tx.query<[{ id: string | null }]>(
    `SELECT min(platform_id) AS id FROM audit_entries WHERE actor_kind = 'system' AND actor_id = 'system'
       AND actor_name = $1 AND action = 'credential.issued' AND platform_id <> $2`,
    [DEMO_ACTOR, SYSTEM_PLATFORM_ID],
  );
  return id;
}

async function readDemoData(tx: EntityManager, platformId: string): Promise<DemoData> {
  const workspaces = await tx.find(Workspace, {
    where: { platformId },
    relations: { customer: true },
    order: { id: 'DESC' },
  });
  const customers = workspaces.map(({ id, customerId, customer }): [string, DemoCustomer] => [
    customer.identifier,
    { customerId, workspaceId: id },
  ]);
  return { platformId, customers: new Map(customers) };
}

async function createDemoData(tx: EntityManager, now: Date): Promise<DemoData> {
  await ensureReferenceData(tx, now);
  return createDemoPlatform(tx, await freePlatformName(tx), now);
}

async function freePlatformName(tx: EntityManager): Promise<string> {
  let name = PLATFORM_NAME;
  for (let number = 2; await tx.existsBy(Platform, { name }); number++) name = `${PLATFORM_NAME} ${number}`;
  return name;
}

/** Creates currencies, jurisdictions and products if there are none. */
export async function ensureReferenceData(tx: EntityManager, now: Date): Promise<void> {
  if (!(await tx.exists(Currency))) await seedReferenceData(tx, now);
}

/** Creates a platform with the demo's customers, each with a workspace. @param name unique among the platforms */
export async function createDemoPlatform(tx: EntityManager, name: string, now: Date): Promise<DemoData> {
  const platformId = await nextId(tx, SEQUENCE.platform);
  await tx.insert(Platform, {
    id: platformId,
    name,
    status: 'verified',
    kycAgreement: 'delegated',
    homeJurisdictionCode: 'US',
    kycExpiryRestrictsDebits: false,
    createdAt: now,
    updatedAt: now,
  });
  const customers = new Map<string, DemoCustomer>();
  for (const one of CUSTOMERS) {
    const customerId = await nextId(tx, SEQUENCE.customer);
    await tx.insert(Customer, { platformId, id: customerId, ...toCustomer(one, now) });
    const workspaceId = await nextId(tx, SEQUENCE.workspace);
    await tx.insert(Workspace, { platformId, id: workspaceId, customerId, createdAt: now });
    customers.set(one.identifier, { customerId, workspaceId });
  }
  return { platformId, customers };
}

function toCustomer(
  { identifier, displayName, kyc, residence }: (typeof CUSTOMERS)[number],
  now: Date,
): Omit<Customer, 'platformId' | 'id' | 'platform' | 'override'> {
  return {
    identifier,
    displayName,
    status: 'active',
    kycStatus: kyc,
    kycEvidence: kyc === 'approved' ? 'demo' : null,
    email: `${identifier}@example.com`,
    kycProvider: null,
    kycReviewer: null,
    kycReason: null,
    kycDecidedAt: kyc === 'pending' ? null : now,
    kycExpiresAt: null,
    debitsRestricted: false,
    kycRound: 1,
    kycRoundBeganAt: null,
    countryOfResidence: residence,
    jurisdictionOverride: null,
    createdAt: now,
    updatedAt: now,
  };
}

async function nextId(tx: EntityManager, sequence: string): Promise<string> {
  const [{ id }] = await tx.query<[{ id: string }]>('SELECT nextval($1::regclass) AS id', [sequence]);
  return id;
}
