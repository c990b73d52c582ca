import { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import {
  asAdmin,
  asOwner,
  asPlatform,
  asWorkspace,
  createSandbox,
  type SandboxPlatform,
  type Sandbox,
} from '../support/sandbox.js';
import type { World } from '../support/world.js';

const ACCOUNT = { accountIdentifier: 'account-1', displayName: 'Account one', contactEmail: 'a@example.com' };

let sandbox: Sandbox;
let made: SandboxPlatform;

beforeAll(async () => {
  sandbox = await createSandbox();
  made = await sandbox.aMadePlatform();
});
afterAll(() => sandbox.close());

const createCustomer = (world: World, headers: KeyHeaders, customerIdentifier: string, displayName: string) =>
  world.send('POST', '/customers', { headers, body: { customerIdentifier, displayName } });
const openUnder = (world: World, headers: KeyHeaders, customer: string, accountIdentifier: string) =>
  world.send('POST', `/customers/${customer}/accounts`, { headers, body: { ...ACCOUNT, accountIdentifier } });

describe('A customer with a magic name', () => {
  it.each([
    ['c-kyc-pending', 'Anna One', 'pending', ['reopen']],
    ['c-kyc-rejected', 'Berta Two', 'rejected', ['reopen', 'reject']],
    ['plain-identifier', 'Carla kyc-expired', 'expired', ['reopen', 'approve', 'expire']],
  ])('%s, %s is created, and may not open accounts', async (identifier, displayName, kyc, steps) => {
    const headers = asPlatform(made);
    expect((await createCustomer(sandbox, headers, identifier, displayName)).status).toBe(201);
    const refused = await openUnder(sandbox, headers, identifier, `of-${identifier}`);
    expect([refused.status, refused.body.i18nKey]).toEqual([403, '403.020']);
    const list = `/admin/kyc-cases?identifier=${identifier}`;
    const { items } = (await sandbox.send('GET', list, { headers: asAdmin(made) })).body;
    expect(items).toMatchObject([{ status: kyc }]);
    const trail = await sandbox.dataSource.query<{ action: string; reason: string | null }[]>(
      `SELECT action, reason FROM audit_entries WHERE object_id = $1 ORDER BY id`,
      [items[0].id],
    );
    expect(trail).toHaveLength(steps.length);
    expect(trail.at(-1)).toEqual({
      action: `kyc.${kyc}`,
      reason: `the magic value kyc-${kyc} in the customer’s name`,
    });
  });

  it('is refused by the owner and the workspace API as well', async () => {
    const headers = asAdmin(made);
    const post = (path: string, body: object) => sandbox.send('POST', path, { headers, body });
    const platform = made.sandbox.platformId;
    const wanted = {
      platform,
      identifier: 'by-admin-kyc-rejected',
      displayName: 'Dora Four',
      reason: 'a test',
    };
    const customer = (await post('/admin/customers', wanted)).body;
    expect(customer).toMatchObject({ kycStatus: 'rejected' });
    const [, platformId = '', id = ''] = customer.id.split('_');
    const holder = await sandbox.dataSource.manager.findOneByOrFail(Customer, { platformId, id });
    const ofOwner = await sandbox.send('POST', '/api/v1/accounts', {
      headers: await sandbox.make.ownerHeaders(holder),
      body: { currency: 'USD' },
    });
    expect([ofOwner.status, ofOwner.body.code]).toEqual([403, 'kyc_not_approved']);
    const workspace = (await post('/admin/workspaces', { customer: customer.id, reason: 'a test' })).body;
    const workspaceId = String(workspace.id).split('_')[2] ?? '';
    const { accessToken } = await sandbox.make.aSession(platformId, workspaceId);
    const ofWorkspace = await sandbox.send('POST', '/accounts', {
      headers: {
        authorization: `Bearer ${accessToken}`,
        'workspace-id': workspaceId,
      },
      body: { productID: made.workspace.productId },
    });
    expect([ofWorkspace.status, ofWorkspace.body.errorCode]).toEqual([400, 'kyc_not_completed']);
  });

  it('is approved by name where the platform requires KYC', async () => {
    const { id } = await sandbox.make.aPlatform({ kycAgreement: 'required' });
    const headers = await sandbox.make.platformHeaders(id);
    await createCustomer(sandbox, headers, 'new-kyc-approved', 'Emil Five');
    await createCustomer(sandbox, headers, 'new-plain', 'Fritz Six');
    await createCustomer(sandbox, headers, 'new-kyc-expired', 'Gustav Seven');
    expect((await openUnder(sandbox, headers, 'new-kyc-approved', 'account-a')).status).toBe(201);
    expect((await openUnder(sandbox, headers, 'new-plain', 'account-b')).status).toBe(403);
    expect((await openUnder(sandbox, headers, 'new-kyc-expired', 'account-c')).status).toBe(403);
  });
});

describe('The refused currency', () => {
  it('is refused by each API in its own shape, although it is well-formed', async () => {
    const owner = await sandbox.send('POST', '/api/v1/accounts', {
      headers: asOwner(made),
      body: { currency: 'XTS' },
    });
    expect([owner.status, owner.body.code]).toEqual([404, 'currency_not_available']);
    const workspace = await sandbox.send('POST', '/accounts', {
      headers: asWorkspace(made),
      body: { productID: made.sandbox.refusedProductId },
    });
    expect([workspace.status, workspace.body.errorCode]).toEqual([400, 'product_not_available']);
    const platform = await sandbox.send('POST', '/customers/demo-group/accounts', {
      headers: asPlatform(made),
      body: { ...ACCOUNT, currencyCode: 'XTS' },
    });
    expect([platform.status, platform.body.i18nKey]).toEqual([400, '400.011']);
  });

  it('is not listed', async () => {
    const products = await sandbox.send('GET', '/products', { headers: asWorkspace(made) });
    const ids = products.body.map(({ id }: { id: number }) => id);
    expect(ids).toContain(made.workspace.productId);
    expect(ids).not.toContain(made.sandbox.refusedProductId);
  });
});
