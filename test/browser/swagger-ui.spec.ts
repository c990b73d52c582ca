import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { createWorld, type World } from '../support/world.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SCREENSHOTS = 'var/screenshots';
/** Chromium's own errands, which have nothing to do with the page. */
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// A machine without Chromium can still run the suite; CI installs it, so there this always runs.
const withBrowser = existsSync(CHROMIUM) ? describe : describe.skip;

withBrowser('Swagger UI in Chromium', () => {
  let world: World;
  let app: AppProcess;
  let browser: Browser;
  let page: Page;
  const origins = new Set<string>();
  const complaints: string[] = [];

  beforeAll(async () => {
    world = await createWorld();
    app = await startAppProcess(world.databaseUrl);
    browser = await chromium.launch({ executablePath: CHROMIUM, args: QUIET });
    mkdirSync(SCREENSHOTS, { recursive: true });
    page = await openDocs();
  }, 60_000);

  /** A page of a visitor who has authorised nothing yet. */
  async function openDocs(): Promise<Page> {
    const visitor = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
    visitor.setDefaultTimeout(10_000);
    visitor.on('request', (request) => origins.add(new URL(request.url()).origin));
    visitor.on('pageerror', (error) => complaints.push(String(error)));
    visitor.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    await visitor.goto(`${app.url}/docs`);
    return visitor;
  }

  afterAll(async () => {
    await browser.close();
    await app.stop();
    await world.close();
  });

  async function choose(title: string, name: string): Promise<void> {
    await page.selectOption('#select', { label: title });
    await page.waitForSelector(`a[href="/openapi/${name}.json"]`);
    await page.waitForSelector('.opblock');
  }

  /** Fills in one scheme after the other; one that is authorised no longer shows its input. */
  async function authorize(...schemes: [input: string, value: string][][]): Promise<void> {
    await page.click('.auth-wrapper > button.authorize');
    for (const inputs of schemes) {
      for (const [input, value] of inputs) await page.locator(input).first().fill(value);
      await page
        .locator(inputs[0]?.[0] ?? '')
        .first()
        .press('Enter');
      await page.locator('.auth-container', { hasText: 'Authorized' }).last().waitFor();
    }
    await page.click('button.btn-done >> nth=0');
  }

  /** Runs an operation and returns the status it shows. */
  async function execute(operationId: string, body: object, fields: [name: string, value: string][] = []) {
    const block = page.locator(`[id$="-${operationId}"]`);
    if (!((await block.getAttribute('class')) ?? '').includes('is-open'))
      await block.locator('.opblock-summary-control').click();
    for (const [name, value] of fields)
      await block.locator(`tr[data-param-name="${name}"] input`).fill(value);
    await block.locator('textarea.body-param__text').fill(JSON.stringify(body));
    const answered = page.waitForResponse((response) => response.request().method() === 'POST');
    await block.locator('button.execute').click();
    const status = (await answered).status();
    await block.locator('.live-responses-table .response-col_status', { hasText: String(status) }).waitFor();
    return status;
  }

  async function isAuthorized(): Promise<boolean> {
    return (await page.locator('.auth-wrapper > button.authorize.locked').count()) === 1;
  }

  it('offers one document per API', async () => {
    const titles = await page.locator('#select option').allTextContents();
    expect(titles).toEqual(['Owner API', 'Workspace API', 'Platform API']);
  });

  it('opens an owner account after Authorize, refuses its double, and stays authorised over a reload', async () => {
    await choose('Owner API', 'owner');
    const { key, secret } = await world.make.anOwnerKey(await world.make.aCustomer());
    await authorize([['#api_key_value', key]], [['#api_key_value', secret]]);
    expect(await execute('ownerAccountsOpen', { currency: 'ZAR' })).toBe(201);
    expect(await execute('ownerAccountsOpen', { currency: 'ZAR' })).toBe(409);
    await page.screenshot({ path: join(SCREENSHOTS, 'owner.png') });
    await page.reload();
    await page.waitForSelector('.opblock');
    expect(await isAuthorized()).toBe(true);
    expect(await execute('ownerAccountsOpen', { currency: 'USD' })).toBe(201);
  });

  it('opens a workspace account with a bearer token', async () => {
    await choose('Workspace API', 'workspace');
    const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    const workspace = await world.make.aWorkspace(customer);
    const { accessToken } = await world.make.aSession(workspace.platformId, workspace.id);
    await authorize([['#auth-bearer-value', accessToken]]);
    const fields: [string, string][] = [['Workspace-ID', workspace.id]];
    expect(await execute('workspaceAccountsOpen', { productID: 7, alias: 'USD Account' }, fields)).toBe(200);
    expect(await execute('workspaceAccountsOpen', { productID: 7, alias: 'USD Account' }, fields)).toBe(400);
    await page.screenshot({ path: join(SCREENSHOTS, 'workspace.png') });
  });

  it('opens a platform account with Basic credentials', async () => {
    await choose('Platform API', 'platform');
    const customer = await world.make.aCustomer();
    const { key, secret } = await world.make.aPlatformKey(customer.platformId);
    await authorize([
      ['#auth-basic-username', key],
      ['#auth-basic-password', secret],
    ]);
    const body = {
      accountIdentifier: 'from-the-browser',
      displayName: 'From the browser',
      contactEmail: 'a@b.example',
    };
    const fields: [string, string][] = [['customerIdentifier', customer.identifier]];
    expect(await execute('customerAccountsOpen', body, fields)).toBe(201);
    expect(await execute('customerAccountsOpen', body, fields)).toBe(409);
    await page.screenshot({ path: join(SCREENSHOTS, 'platform.png') });
  });

  it('opens a platform account with a token that Authorize fetched itself', async () => {
    page = await openDocs();
    await choose('Platform API', 'platform');
    const customer = await world.make.aCustomer();
    const { key, secret } = await world.make.aPlatformKey(customer.platformId);
    await page.click('.auth-wrapper > button.authorize');
    await page.fill('#client_id_clientCredentials', key);
    await page.fill('#client_secret_clientCredentials', secret);
    await page.click('.scopes a:has-text("select all")');
    await page.click('[aria-label="Apply given OAuth2 credentials"]');
    await page.locator('.auth-container', { hasText: 'Authorized' }).last().waitFor();
    await page.click('button.btn-done >> nth=0');
    const body = { accountIdentifier: 'by-a-token', displayName: 'By a token', contactEmail: 'a@b.example' };
    expect(await execute('customerAccountsOpen', body, [['customerIdentifier', customer.identifier]])).toBe(
      201,
    );
  });

  it('asked no other host for anything and complained of nothing but the refusals', () => {
    expect([...origins]).toEqual([app.url]);
    expect(complaints.filter((text) => !/the server responded with a status of 4(00|09)/.test(text))).toEqual(
      [],
    );
  });
});
