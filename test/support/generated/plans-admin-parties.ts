import { createHmac } from 'node:crypto';
import type { KycStatus } from '../../../src/entities/customer.entity.js';
import { toTenantId } from '../../../src/shared/object-id.js';
import { caseId, customerId } from '../admin.js';
import { type Filled, inTheFuture, oneOf, type RequestPlan, type Plans, valueOf } from './plan.js';
import type { Made } from './requests.js';
import { KYC_SECRET, type Seeds } from './seeds.js';

/** The decoded bytes of the secret. */
const KYC_KEY = Buffer.from(KYC_SECRET.replace('whsec_', ''), 'base64');
const COUNTRIES = ['DE', 'GB', 'US', 'ZA'];
/** The status of a case that makes an act possible. */
const CASE_BEFORE: Record<string, KycStatus> = {
  submit: 'not_started',
  approve: 'pending',
  reject: 'pending',
  reopen: 'rejected',
  submitted: 'not_started',
  approved: 'pending',
  rejected: 'pending',
};

const withoutCursor: RequestPlan = { fill: () => ({ parameters: { cursor: undefined } }) };
const idOf = (id: string): Filled => ({ parameters: { id } });

async function anAccountFor(seeds: Seeds, made: Made): Promise<Filled> {
  const account = await seeds.anAccount();
  const before: Record<string, string> = { unfreeze: 'freeze', enable: 'disable', reopen: 'close' };
  const act = before[valueOf(made, 'act') as string];
  if (act !== undefined) await seeds.byAsker(`/accounts/${account.name}/${act}`, {});
  return idOf(account.name);
}

/** A line for any API, of a customer without an account. */
async function anOpening(seeds: Seeds): Promise<Filled> {
  const customer = await seeds.aCustomer();
  const { id } = await seeds.world.make.aWorkspace(customer);
  return {
    body: {
      idempotencyKey: seeds.name('line'),
      platform: seeds.platform,
      currencyCode: 'USD',
      customerIdentifier: customer.identifier,
      accountIdentifier: seeds.name('in-bulk'),
      workspace: toTenantId('wsp', seeds.platformId, id),
      product: 'prd_7',
    },
  };
}

/** A callback of the provider, signed when it is sent. */
async function aCallback(seeds: Seeds, made: Made): Promise<Filled> {
  const sent = made.body as { decision?: string };
  const kycStatus = CASE_BEFORE[sent.decision ?? ''] ?? 'pending';
  const id = seeds.name('message');
  return {
    parameters: { provider: 'acme', 'Webhook-Id': id, 'Webhook-Timestamp': Math.floor(Date.now() / 1_000) },
    body: { caseId: caseId(await seeds.aCustomer({ kycStatus })), expiresAt: inTheFuture(made), round: 1 },
    always: { evidence: 'a document', reason: 'looked at' },
  };
}

/** @param raw the body as it will be sent */
export function signed(headers: Record<string, string>, raw: string): string {
  const { 'webhook-id': id = '', 'webhook-timestamp': timestamp = '' } = headers;
  const digest = createHmac('sha256', KYC_KEY).update(`${id}.${timestamp}.${raw}`).digest('base64');
  return `v1,${digest}`;
}

function aCredentialsOwner(seeds: Seeds, made: Made): Filled {
  const { kind } = made.body as { kind: string };
  const isOwners = kind === 'owner';
  return {
    body: {
      scopes: ['accounts:read'],
      allowedCurrencies: ['EUR'],
      allowedNetworks: ['192.0.2.0/24'],
      expiresAt: null,
    },
    always: {
      customer: isOwners ? customerId(seeds.customer) : undefined,
      platform: isOwners ? undefined : seeds.platform,
    },
  };
}

const aPlatform =
  (status: 'pending' | 'verified') =>
  async (seeds: Seeds): Promise<Filled> =>
    idOf(`plt_${(await seeds.world.make.aPlatform({ status })).id}`);
const aCredential = async (seeds: Seeds): Promise<Filled> => idOf(await seeds.aPlatformCredential());

async function anAdmin({ world }: Seeds): Promise<Filled> {
  const { adminId } = await world.make.anAdmin('operator');
  return idOf(`adm_0_${adminId ?? ''}`);
}

async function aSession({ world, platformId, workspace }: Seeds): Promise<Filled> {
  const { sessionId } = await world.make.aSession(platformId, workspace.id);
  return idOf(`ses_${platformId}_${sessionId}`);
}

export const ADMIN_PARTY_PLANS: Plans = {
  openAccountsInBulk: { fill: anOpening },
  findCustomers: withoutCursor,
  createCustomer: {
    fill: (seeds, made) => ({
      body: { platform: seeds.platform, countryOfResidence: oneOf(made, COUNTRIES) },
    }),
  },
  getCustomer: { fill: (seeds) => idOf(customerId(seeds.customer)) },
  changeCustomer: {
    fill: async (seeds, made) => ({
      ...idOf(customerId(await seeds.aCustomer())),
      body: { countryOfResidence: oneOf(made, COUNTRIES) },
      // A change must change at least one field.
      always: { displayName: seeds.name('Changed customer') },
    }),
  },
  requestJurisdictionOverride: {
    fill: async (seeds, made) => ({
      ...idOf(customerId(await seeds.aCustomer())),
      body: { jurisdiction: oneOf(made, COUNTRIES) },
    }),
  },
  actOnCustomer: {
    fill: async (seeds, made) => {
      const status = valueOf(made, 'act') === 'activate' ? 'suspended' : 'active';
      return idOf(customerId(await seeds.aCustomer({ status })));
    },
  },
  listKycCases: withoutCursor,
  getKycCase: { fill: (seeds) => idOf(caseId(seeds.customer)) },
  actOnKycCase: {
    fill: async (seeds, made) => ({
      ...idOf(caseId(await seeds.aCustomer({ kycStatus: CASE_BEFORE[valueOf(made, 'act') as string] }))),
      body: { expiresAt: inTheFuture(made) },
      always: { evidence: 'a document' },
    }),
  },
  receiveKycCallback: { fill: aCallback },
  findAccounts: withoutCursor,
  getAccount: { fill: ({ account }) => idOf(account.name) },
  getAccountDecision: { fill: ({ account }) => idOf(account.name) },
  actOnAccount: { fill: anAccountFor },
  listCredentials: withoutCursor,
  requestCredential: { fill: aCredentialsOwner },
  getCredential: { fill: aCredential },
  changeRateLimitOfCredential: { fill: aCredential },
  rotateCredential: { fill: aCredential },
  revokeCredential: { fill: aCredential },
  listPlatforms: withoutCursor,
  createPlatform: { fill: (_, made) => ({ body: { homeJurisdiction: oneOf(made, COUNTRIES) } }) },
  getPlatform: { fill: (seeds) => idOf(seeds.platform) },
  changePlatform: {
    fill: async (seeds, made) => ({
      ...(await aPlatform('verified')(seeds)),
      body: { homeJurisdiction: oneOf(made, COUNTRIES) },
      always: { name: seeds.name('Changed platform') },
    }),
  },
  requestPlatformVerification: { fill: aPlatform('pending') },
  suspendPlatform: { fill: aPlatform('verified') },
  listWorkspaces: withoutCursor,
  createWorkspace: {
    fill: async (seeds) => ({ body: { customer: customerId(await seeds.aCustomer()) } }),
  },
  getWorkspace: { fill: ({ workspace }) => idOf(`wsp_${workspace.platformId}_${workspace.id}`) },
  listAdmins: withoutCursor,
  getAdmin: { fill: anAdmin },
  // A change must change at least one field.
  changeAdmin: { fill: async (seeds) => ({ ...(await anAdmin(seeds)), always: { role: 'viewer' } }) },
  listSessions: withoutCursor,
  getSession: { fill: aSession },
  endSession: { fill: aSession },
  requestSession: {
    fill: async (seeds) => {
      const { platformId, id } = await seeds.world.make.aWorkspace(await seeds.aCustomer());
      return idOf(`wsp_${platformId}_${id}`);
    },
  },
};
