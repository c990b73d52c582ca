import { randomBytes } from 'node:crypto';
import * as admin from '../../clients/admin/index.js';
import { createClient as createAdminClient } from '../../clients/admin/client/index.js';
import * as owner from '../../clients/owner/index.js';
import { createClient as createOwnerClient } from '../../clients/owner/client/index.js';
import * as platform from '../../clients/platform/index.js';
import { createClient as createPlatformClient } from '../../clients/platform/client/index.js';
import * as workspace from '../../clients/workspace/index.js';
import { createClient as createWorkspaceClient } from '../../clients/workspace/client/index.js';
import { REASON } from '../support/admin.js';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { createWorld, type World } from '../support/world.js';

/** A client generated from the documents alone calls the built server over HTTP. */
let world: World;
let app: AppProcess;

beforeAll(async () => {
  world = await createWorld();
  app = await startAppProcess(world.databaseUrl);
});
afterAll(async () => {
  await app.stop();
  await world.close();
});

interface Key {
  key: string;
  secret: string;
}

/** Sends a key pair in the two headers that the document names. */
const keyHeaders =
  ({ key, secret }: Key) =>
  ({ name }: { name?: string }): string | undefined =>
    // Omits the other schemes of the document: two credentials in one request are refused.
    name === 'X-API-KEY' ? key : name === 'X-API-SECRET' ? secret : undefined;

async function anAdmin() {
  const auth = keyHeaders(await world.make.anAdmin('approver'));
  return createAdminClient({ baseUrl: app.url, auth });
}

/** The customer as the admin API shows it. */
async function findCustomer(client: ReturnType<typeof createAdminClient>, displayName: string) {
  const { data } = await admin.findCustomers({ client, query: { name: displayName } });
  const [found] = data?.items ?? [];
  if (found === undefined) throw new Error(`${displayName} is not found`);
  return found;
}

describe('The owner client', () => {
  it('selects a currency, opens an account, reads it, and gets the existing one when it opens it twice', async () => {
    const customer = await world.make.aCustomer();
    const auth = keyHeaders(await world.make.anOwnerKey(customer));
    const client = createOwnerClient({ baseUrl: app.url, auth });

    const currencies = await owner.listCurrencies({ client, throwOnError: true });
    const [{ code: currency } = { code: '' }] = currencies.data;
    const opened = await owner.openAccount({ client, body: { currency }, throwOnError: true });
    expect(opened.response.status).toBe(201);
    const account = opened.data as owner.OwnerAccountResponse;
    expect(account).toMatchObject({ currency, balance: 0, lockedBalance: 0 });

    const path = { accountId: account.id };
    expect((await owner.getAccount({ client, path })).data).toEqual(account);
    expect((await owner.getAccountInCurrency({ client, path: { currency } })).data).toEqual(account);
    expect((await owner.listAccounts({ client })).data).toEqual([account]);

    const again = await owner.openAccount({ client, body: { currency } });
    expect(again.response?.status).toBe(409);
    expect(again.error).toMatchObject({ code: 'account_exists', id: account.id });
  });

  it('gets the first response again with the same Idempotency-Key', async () => {
    const auth = keyHeaders(await world.make.anOwnerKey(await world.make.aCustomer()));
    const client = createOwnerClient({ baseUrl: app.url, auth });
    const open = () =>
      owner.openAccount({
        client,
        body: { currency: 'ZAR' },
        throwOnError: true,
        headers: { 'Idempotency-Key': 'one' },
      });
    const [first, second] = [await open(), await open()];
    expect(second.data).toEqual(first.data);
    expect(second.response.headers.get('Idempotent-Replayed')).toBe('true');
  });
});

describe('The workspace client', () => {
  it('refreshes its tokens, selects a product, opens, renames and closes an account', async () => {
    const holder = await world.make.aCustomer({ countryOfResidence: 'US' });
    const { platformId, id } = await world.make.aWorkspace(holder);
    const { refreshToken } = await world.make.aSession(platformId, id);
    const refreshing = createWorkspaceClient({ baseUrl: app.url, auth: refreshToken.value });
    const tokens = await workspace.refreshTokens({ client: refreshing, throwOnError: true });
    const client = createWorkspaceClient({ baseUrl: app.url, auth: tokens.data.accessToken });
    const headers = { 'Workspace-ID': Number(id) };

    const products = await workspace.listProducts({ client, throwOnError: true });
    const usd = products.data.find(({ edges }) => edges.currency.code === 'USD');
    const body = { productID: usd?.id ?? 0, alias: 'Travel' };
    const opened = await workspace.openAccount({ client, headers, body, throwOnError: true });
    const account = opened.data as workspace.WorkspaceAccountResponse;
    expect(account).toMatchObject({ alias: 'Travel', type: 'CACC', status: 'enabled' });
    expect(account.edges.balances.map(({ amount }) => amount)).toEqual([0]);

    const path = { id: account.id };
    await workspace.renameAccount({ client, headers, path, body: { alias: 'Home' }, throwOnError: true });
    expect((await workspace.getAccount({ client, headers, path })).data?.alias).toBe('Home');
    await workspace.closeAccount({ client, headers, path, throwOnError: true });
    expect((await workspace.listAccounts({ client, headers })).data).toEqual([]);
  });

  it('gets the error of its contract when KYC is not completed', async () => {
    const holder = await world.make.aCustomer({ kycStatus: 'pending', countryOfResidence: 'US' });
    const { platformId, id } = await world.make.aWorkspace(holder);
    const { accessToken } = await world.make.aSession(platformId, id);
    const client = createWorkspaceClient({ baseUrl: app.url, auth: accessToken });
    const products = await workspace.listProducts({ client, throwOnError: true });
    const { error, response } = await workspace.openAccount({
      client,
      headers: { 'Workspace-ID': Number(id) },
      body: { productID: products.data[0]?.id ?? 0 },
    });
    expect([response?.status, error?.errorCode]).toEqual([400, 'kyc_not_completed']);
  });
});

describe('The platform client and the admin client', () => {
  const mark = randomBytes(4).toString('hex');
  const customerIdentifier = `customer-${mark}`;
  const named = (name: string) => ({ accountIdentifier: `${name}-${mark}`, contactEmail: 'ops@example.com' });

  it('create a customer with two accounts, fund one, transfer between them, and verify the books', async () => {
    const { id: platformId } = await world.make.aPlatform();
    const { key, secret } = await world.make.aPlatformKey(platformId);
    const keys = createPlatformClient({ baseUrl: app.url, auth: `${key}:${secret}` });
    const body = { grant_type: 'client_credentials' as const };
    const token = await platform.getAccessToken({ client: keys, body, throwOnError: true });
    const client = createPlatformClient({
      baseUrl: app.url,
      headers: { Authorization: `Bearer ${token.data.access_token}` },
    });

    const displayName = `Customer ${mark}`;
    await platform.createCustomer({ client, body: { customerIdentifier, displayName }, throwOnError: true });
    for (const name of ['giver', 'taker']) {
      const opening = { ...named(name), displayName: `The ${name}` };
      await platform.openAccount({ client, path: { customerIdentifier }, body: opening, throwOnError: true });
    }

    const operator = await anAdmin();
    const { id: customer } = await findCustomer(operator, displayName);
    const accounts = await admin.findAccounts({ client: operator, query: { customer }, throwOnError: true });
    expect(accounts.data.items).toHaveLength(2);
    const giver = accounts.data.items.find(({ accountIdentifier }) => accountIdentifier === `giver-${mark}`);
    const deposit = { account: giver?.id ?? '', amount: 100.25, reason: REASON };
    await admin.postDeposit({ client: operator, body: deposit, throwOnError: true });

    const moved = await platform.transferFunds({
      client,
      throwOnError: true,
      body: { transferFrom: `giver-${mark}`, transferTo: `taker-${mark}`, amount: 0.1 },
    });
    expect(moved.data.transferFrom).toMatchObject({ startingBalance: 100.25, endingBalance: 100.15 });
    expect(moved.data.transferTo).toMatchObject({ startingBalance: 0, endingBalance: 0.1 });

    const books = await admin.verifyLedger({ client: operator, throwOnError: true });
    expect(books.data).toMatchObject({ problems: 0 });
  });
});
