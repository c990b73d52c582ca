import { rmSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { type AppProcess, startAppProcess } from '../../../support/app-process.js';
import { DocsPage, launchBrowser, Observed, type Shown, withBrowser } from '../../../support/docs-page.js';
import { fingerprintOf } from '../../../support/fingerprint.js';
import { openFolder } from '../../../support/program.js';
import { type PrefilledCall, prefilledCalls, PrefilledDemo } from '../../../support/prefilled-demo.js';
import { createWorld, type World } from '../../../support/world.js';

const CALLS = prefilledCalls();
/** Signed by a KYC provider, so the document hides it from every role. */
const CALLBACK = 'receiveKycCallback';
const TAGS = [...new Set(CALLS.filter(({ operationId }) => operationId !== CALLBACK).map(({ tag }) => tag))];

withBrowser('Execute on an untouched form', () => {
  let world: World;
  let demo: PrefilledDemo;
  let app: AppProcess;
  let browser: Browser;
  let docs: DocsPage;
  let before: Record<string, string>;
  const folder = openFolder();
  const observed = new Observed();
  const pressed = new Set<string>();

  beforeAll(async () => {
    world = await createWorld();
    demo = await PrefilledDemo.of(world, folder);
    app = await startAppProcess(world.databaseUrl);
    await demo.settled();
    browser = await launchBrowser();
    docs = await DocsPage.open(browser, app.url, observed);
    await docs.choose('Admin API', 'admin');
    before = await fingerprint();
  });

  afterAll(async () => {
    await browser.close();
    await app.stop();
    await world.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const fingerprint = () => fingerprintOf(world.dataSource, 'idempotency');

  async function expectHarmless({ operationId, hasReason }: PrefilledCall, shown: Shown | 'not sent') {
    if (shown === 'not sent') return;
    const { status, body } = shown;
    if (status < 400) expect([operationId, await fingerprint()]).toEqual([operationId, before]);
    if (status < 400 || !hasReason) return;
    expect([operationId, status, body.code]).toEqual([operationId, 400, 'validation_failed']);
    expect(body.errors.map(({ path }: { path: string }) => path)).toContain('reason');
  }

  /** Executes the untouched form, then the form with the ids in the path, and last with a selected choice. */
  async function pressAll(call: PrefilledCall): Promise<void> {
    const { operationId, choices, needsInput } = call;
    const untouched = await docs.press(operationId, {});
    expect([operationId, untouched === 'not sent']).toEqual([operationId, needsInput]);
    await expectHarmless(call, untouched);
    if (needsInput) {
      const named = await docs.press(operationId, { fields: await demo.idsFor(call) });
      const isUnchosen = Object.keys(choices).length > 0;
      expect([operationId, named === 'not sent']).toEqual([operationId, isUnchosen]);
      await expectHarmless(call, named);
      if (isUnchosen) {
        const chosen = await docs.press(operationId, { fields: choices });
        expect([operationId, chosen === 'not sent']).toEqual([operationId, false]);
        await expectHarmless(call, chosen);
      }
    }
    pressed.add(operationId);
  }

  it('gets 401 for a callback, which only a provider can sign', async () => {
    expect(await docs.press(CALLBACK, {})).toBe('not sent');
    const fields = { provider: 'acme', 'Webhook-Id': 'msg-1', 'Webhook-Timestamp': '1' };
    expect(await docs.press(CALLBACK, { fields })).toMatchObject({ status: 401 });
    pressed.add(CALLBACK);
    await docs.authorizeByToken(demo.operators.approver);
    await docs.page.locator(`[id$="-${CALLBACK}"]`).waitFor({ state: 'detached' });
  });

  it.each(TAGS)('does no harm: %s', async (tag) => {
    await docs.page.fill('.operation-filter-input', tag);
    for (const call of CALLS.filter((one) => one.tag === tag && one.operationId !== CALLBACK)) {
      const form = await docs.openOperation(call.operationId);
      if (call.operationId === 'actOnAccount') {
        await form.locator('button.execute').scrollIntoViewIfNeeded();
        await docs.screenshot('prefilled');
      }
      await pressAll(call);
      await docs.closeOperation(call.operationId);
    }
    expect(await fingerprint()).toEqual(before);
  });

  it('was tested for every write operation', () => {
    expect([...pressed].sort()).toEqual(CALLS.map(({ operationId }) => operationId).sort());
    expect(pressed.size).toBeGreaterThan(40);
    const harmful = ['changePlatform', 'actOnAccount', 'actOnKycCase', 'changeWebhook', 'postTransfer'];
    expect([...pressed]).toEqual(expect.arrayContaining(harmful));
  });

  it('causes no browser errors except refusals', () => {
    expect(observed.unexpected()).toEqual([]);
  });
});
