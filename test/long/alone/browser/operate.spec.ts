import type { Browser } from 'playwright-core';
import type { Customer } from '../../../../src/entities/customer.entity.js';
import { toTenantId } from '../../../../src/shared/object-id.js';
import { caseId, customerId } from '../../../support/admin.js';
import { type AppProcess, startAppProcess } from '../../../support/app-process.js';
import { DocsPage, launchBrowser, Observed, type Shown, withBrowser } from '../../../support/docs-page.js';
import { createWorld, type World } from '../../../support/world.js';

const REASON = { reason: 'documents checked, ticket 4711' };

withBrowser('An admin in Swagger UI', () => {
  let world: World;
  let app: AppProcess;
  let browser: Browser;
  let docs: DocsPage;
  let customer: Customer;
  let accountId: string;
  const observed = new Observed();

  beforeAll(async () => {
    world = await createWorld();
    app = await startAppProcess(world.databaseUrl);
    browser = await launchBrowser();
    docs = await DocsPage.open(browser, app.url, observed);
    customer = await world.make.aCustomer({
      displayName: 'Brook Imports Ltd',
      kycStatus: 'pending',
      countryOfResidence: 'US',
      email: 'finance@brook.example',
    });
  });

  afterAll(async () => {
    await browser.close();
    await app.stop();
    await world.close();
  });

  async function openAsWorkspace(alias: string): Promise<Shown> {
    const body = { productID: 7, alias };
    return docs.execute('openAccount', { fields: { 'Workspace-ID': workspaceId }, body });
  }
  let workspaceId: string;

  it('sees the workspace’s opening refused while the KYC case is pending', async () => {
    const workspace = await world.make.aWorkspace(customer);
    workspaceId = workspace.id;
    const { accessToken } = await world.make.aSession(workspace.platformId, workspace.id);
    await docs.choose('Workspace API', 'workspace');
    await docs.authorize([['#auth-bearer-value', accessToken]]);
    const { status, body } = await openAsWorkspace('operating');
    expect([status, body.errorCode]).toEqual([400, 'kyc_not_completed']);
  });

  it('finds the customer and approves the case, with a token that Authorize fetched', async () => {
    const admin = await DocsPage.open(browser, app.url, observed);
    await admin.choose('Admin API', 'admin');
    await admin.authorizeByToken(await world.make.anAdmin('approver'));
    const found = await admin.execute('findCustomers', {
      fields: { name: 'brook', kycStatus: 'pending' },
    });
    expect(found.body.items).toMatchObject([{ id: customerId(customer), kycCase: caseId(customer) }]);
    const approve = () =>
      admin.execute('actOnKycCase', {
        fields: { id: caseId(customer), act: 'approve' },
        body: { ...REASON, evidence: 'case 88-1204' },
      });
    expect((await approve()).body.status).toBe('approved');
    await admin.screenshot('approve-kyc', 'actOnKycCase');
    const again = await approve();
    expect([again.status, again.body.code]).toEqual([409, 'transition_not_allowed']);
    await admin.page.close();
  });

  it('sees the same opening succeed', async () => {
    const { status, body } = await openAsWorkspace('operating');
    expect(status).toBe(200);
    accountId = toTenantId('acc', customer.platformId, String(body.id));
    await docs.screenshot('opened-after-approval', 'openAccount');
  });

  it('freezes the account with a key and secret, stays authorised after a reload, and the workspace sees it', async () => {
    const admin = await DocsPage.open(browser, app.url, observed);
    await admin.choose('Admin API', 'admin');
    const { key, secret } = await world.make.anAdmin('approver');
    await admin.authorize([['#api_key_value', key]], [['#api_key_value', secret]]);
    await admin.page.reload();
    await admin.choose('Admin API', 'admin');
    expect(await admin.isAuthorized()).toBe(true);
    const act = (name: string) =>
      admin.execute('actOnAccount', { fields: { id: accountId, act: name }, body: REASON });
    expect((await act('freeze')).body).toMatchObject({ status: 'frozen', allowedActs: ['unfreeze'] });
    await admin.screenshot('freeze', 'actOnAccount');
    const refused = await act('close');
    expect([refused.status, refused.body.state]).toEqual([409, 'frozen']);
    await admin.page.close();
    const listed = await docs.execute('listAccounts', { fields: { 'Workspace-ID': workspaceId } });
    expect(listed.body[0].status).toBe('disabled');
    const fields = { 'Workspace-ID': workspaceId, id: String(listed.body[0].id) };
    const closed = await docs.execute('closeAccount', { fields });
    expect([closed.status, closed.body.errorCode]).toEqual([400, 'invalid_request']);
    await docs.screenshot('refused-while-frozen', 'closeAccount');
  });

  it('may also authorise with a bearer token', async () => {
    const { key, secret } = await world.make.anAdmin('operator');
    const token = await world.send('POST', '/oauth/token', {
      headers: {
        'content-type': 'application/x-www-form-urlencoded',
        'x-api-key': key,
        'x-api-secret': secret,
      },
      raw: 'grant_type=client_credentials',
    });
    const admin = await DocsPage.open(browser, app.url, observed);
    await admin.choose('Admin API', 'admin');
    await admin.authorize([['#auth-bearer-value', token.body.access_token]]);
    const me = await admin.execute('getMe', {});
    expect(me.body.scopes).toEqual(['admin:read', 'admin:write']);
    await admin.page.close();
  });

  it('with the role viewer sees no write operation, and all of them again after logging out', async () => {
    const viewer = await DocsPage.open(browser, app.url, observed);
    await viewer.choose('Admin API', 'admin');
    expect(await viewer.methodsShown()).toEqual(new Set(['GET', 'POST', 'PATCH', 'PUT', 'DELETE']));
    await viewer.authorizeByToken(await world.make.anAdmin('viewer'), false);
    await viewer.page.locator('.opblock-patch').first().waitFor({ state: 'detached' });
    await viewer.page
      .locator('.opblock-tag-section')
      .first()
      .evaluate((section) => {
        section.scrollIntoView({ block: 'start' });
      });
    await viewer.screenshot('viewer');
    expect(await viewer.methodsShown()).toEqual(new Set(['GET', 'POST']));
    const posts = await viewer.page
      .locator('.opblock-tag-section .opblock-post .opblock-summary-path')
      .allTextContents();
    expect(posts.map((text) => text.replace(/[^\w/{}-]/g, ''))).toEqual([
      '/admin/jurisdictions/{code}/preview',
    ]);
    const listed = await viewer.execute('searchAuditTrail', { fields: { object: accountId } });
    expect(listed.body.items.map(({ action }: { action: string }) => action)).toEqual([
      'account.frozen',
      'account.opened',
    ]);
    await viewer.page.reload();
    await viewer.choose('Admin API', 'admin');
    expect((await viewer.methodsShown()).has('PATCH')).toBe(false);
    await viewer.page.click('.auth-wrapper > button.authorize');
    await viewer.page.click('.auth-container button:has-text("Logout") >> nth=0');
    await viewer.page.click('button.btn-done >> nth=0');
    await viewer.page.locator('.opblock-patch').first().waitFor();
    await viewer.page.close();
  });

  it('sends no request to another host, and causes no browser errors except refusals', () => {
    expect([...observed.origins]).toEqual([app.url]);
    expect(observed.unexpected()).toEqual([]);
  });
});
