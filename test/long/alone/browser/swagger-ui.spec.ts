import type { Browser } from 'playwright-core';
import { type AppProcess, startAppProcess } from '../../../support/app-process.js';
import { DocsPage, launchBrowser, Observed, withBrowser } from '../../../support/docs-page.js';
import { createWorld, type World } from '../../../support/world.js';

withBrowser('Swagger UI in Chromium', () => {
  let world: World;
  let app: AppProcess;
  let browser: Browser;
  let docs: DocsPage;
  const observed = new Observed();

  beforeAll(async () => {
    world = await createWorld();
    app = await startAppProcess(world.databaseUrl);
    browser = await launchBrowser();
    docs = await DocsPage.open(browser, app.url, observed);
  });

  afterAll(async () => {
    await browser.close();
    await app.stop();
    await world.close();
  });

  it('offers one document per API', async () => {
    const titles = await docs.page.locator('#select option').allTextContents();
    expect(titles).toEqual(['Owner API', 'Workspace API', 'Platform API', 'Admin API']);
  });

  it('opens an owner account after Authorize, gets 409 for a duplicate, and stays authorised after a reload', async () => {
    await docs.choose('Owner API', 'owner');
    const { key, secret } = await world.make.anOwnerKey(await world.make.aCustomer());
    await docs.authorize([['#api_key_value', key]], [['#api_key_value', secret]]);
    const open = async (currency: string) =>
      (await docs.execute('openAccount', { body: { currency } })).status;
    expect(await open('ZAR')).toBe(201);
    expect(await open('ZAR')).toBe(409);
    await docs.screenshot('owner');
    await docs.page.reload();
    await docs.page.waitForSelector('.opblock');
    expect(await docs.isAuthorized()).toBe(true);
    expect(await open('USD')).toBe(201);
  });

  it('opens a workspace account with a bearer token', async () => {
    await docs.choose('Workspace API', 'workspace');
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const workspace = await world.make.aWorkspace(customer);
    const { accessToken } = await world.make.aSession(workspace.platformId, workspace.id);
    await docs.authorize([['#auth-bearer-value', accessToken]]);
    const open = async () =>
      docs.execute('openAccount', {
        fields: { 'Workspace-ID': workspace.id },
        body: { productID: 7, alias: 'USD Account' },
      });
    expect((await open()).status).toBe(200);
    expect((await open()).status).toBe(400);
    await docs.screenshot('workspace');
  });

  it('opens a platform account with Basic credentials', async () => {
    await docs.choose('Platform API', 'platform');
    const customer = await world.make.aCustomer();
    const { key, secret } = await world.make.aPlatformKey(customer.platformId);
    await docs.authorize([
      ['#auth-basic-username', key],
      ['#auth-basic-password', secret],
    ]);
    const open = async () =>
      docs.execute('openAccount', {
        fields: { customerIdentifier: customer.identifier },
        body: {
          accountIdentifier: 'from-the-browser',
          displayName: 'From the browser',
          contactEmail: 'a@b.example',
        },
      });
    expect((await open()).status).toBe(201);
    expect((await open()).status).toBe(409);
    await docs.screenshot('platform');
  });

  it('opens a platform account with a token that Authorize fetched itself', async () => {
    docs = await DocsPage.open(browser, app.url, observed);
    await docs.choose('Platform API', 'platform');
    const customer = await world.make.aCustomer();
    await docs.authorizeByToken(await world.make.aPlatformKey(customer.platformId));
    const { status } = await docs.execute('openAccount', {
      fields: { customerIdentifier: customer.identifier },
      body: { accountIdentifier: 'by-a-token', displayName: 'By a token', contactEmail: 'a@b.example' },
    });
    expect(status).toBe(201);
  });

  it('opens a platform account with key headers, and with a bearer token', async () => {
    const customer = await world.make.aCustomer();
    const { key, secret } = await world.make.aPlatformKey(customer.platformId);
    const token = await world.send('POST', '/oauth/token', {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-api-key': key,
        'x-api-secret': secret,
      },
      raw: 'grant_type=client_credentials',
    });
    const schemes: [input: string, value: string][][][] = [
      [[['#api_key_value', key]], [['#api_key_value', secret]]],
      [[['#auth-bearer-value', token.body.access_token]]],
    ];
    for (const [number, scheme] of schemes.entries()) {
      docs = await DocsPage.open(browser, app.url, observed);
      await docs.choose('Platform API', 'platform');
      await docs.authorize(...scheme);
      const accountIdentifier = `by-scheme-${number}`;
      const { status } = await docs.execute('openAccount', {
        fields: { customerIdentifier: customer.identifier },
        body: { accountIdentifier, displayName: 'By a scheme', contactEmail: 'a@b.example' },
      });
      expect(status).toBe(201);
    }
  });

  it('keeps credentials in the tab alone, and offers them to no other document', async () => {
    docs = await DocsPage.open(browser, app.url, observed);
    await docs.choose('Owner API', 'owner');
    const { key, secret } = await world.make.anOwnerKey(await world.make.aCustomer());
    await docs.authorize([['#api_key_value', key]], [['#api_key_value', secret]]);
    const stored = await docs.page.evaluate(`[localStorage.length, sessionStorage.getItem('authorized')]`);
    expect(stored).toEqual([0, expect.stringContaining(secret)]);
    for (const [title, name] of [
      ['Platform API', 'platform'],
      ['Admin API', 'admin'],
    ] as const) {
      await docs.choose(title, name);
      expect([name, await docs.isAuthorized()]).toEqual([name, false]);
    }
    await docs.choose('Owner API', 'owner');
    expect(await docs.isAuthorized()).toBe(true);
  });

  it('uses the key once a token has expired, and asks for a new log-in where there is no key', async () => {
    const { key, secret } = await world.make.anAdmin('viewer');
    const ended = 'eyJhbGciOiJFUzI1NiJ9.e30.c2lnbmF0dXJl';
    docs = await DocsPage.open(browser, app.url, observed);
    await docs.choose('Admin API', 'admin');
    await docs.authorize(
      [['#auth-bearer-value', ended]],
      [['#api_key_value', key]],
      [['#api_key_value', secret]],
    );
    await docs.press('getMe', {});
    await docs.answerOf('getMe', 200);

    docs = await DocsPage.open(browser, app.url, observed);
    await docs.choose('Admin API', 'admin');
    await docs.authorize([['#auth-bearer-value', ended]]);
    await docs.press('getMe', {});
    const dialog = docs.page.locator('.dialog-ux');
    await dialog.getByText('This token has expired or was revoked. Log in again.').waitFor();
    await docs.screenshot('expired');
  });

  it('renews a workspace session with its refresh token, once', async () => {
    const workspace = await world.make.aWorkspace(await world.make.aCustomer());
    const { refreshToken } = await world.make.aSession(workspace.platformId, workspace.id);
    docs = await DocsPage.open(browser, app.url, observed);
    await docs.choose('Workspace API', 'workspace');
    await docs.page.click('.auth-wrapper > button.authorize');
    const scheme = docs.page.locator('.auth-container', { hasText: 'refreshToken' });
    await scheme.locator('input').fill(refreshToken.value);
    await scheme.locator('input').press('Enter');
    await docs.page.locator('.auth-container', { hasText: 'Authorized' }).waitFor();
    await docs.page.click('button.btn-done >> nth=0');
    expect((await docs.execute('refreshTokens', {})).status).toBe(200);
    expect((await docs.execute('refreshTokens', {})).status).toBe(401);
  });

  it('sends no request to another host, and causes no browser errors except refusals', () => {
    expect([...observed.origins]).toEqual([app.url]);
    expect(observed.unexpected()).toEqual([]);
  });
});
