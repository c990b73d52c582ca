import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium, type Locator, type Page, type Response } from 'playwright-core';
import { observe } from './conformance/observe.js';

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium';
const SCREENSHOTS = 'var/screenshots';
/** Turns off background requests of Chromium, which are unrelated to the page. */
const QUIET = [
  '--no-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

// A machine without Chromium can still run the suite; CI installs it, so there it always runs.
export const withBrowser = existsSync(CHROMIUM) ? describe : describe.skip;

export async function launchBrowser(): Promise<Browser> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  return chromium.launch({ executablePath: CHROMIUM, args: QUIET });
}

/** The requests and errors of the pages. */
export class Observed {
  readonly origins = new Set<string>();
  readonly complaints: string[] = [];

  watch(page: Page): void {
    page.on('request', (request) => this.origins.add(new URL(request.url()).origin));
    page.on('pageerror', (error) => this.complaints.push(String(error)));
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(message.text());
    });
  }

  /** The errors except those of refused calls, which some tests cause on purpose. */
  unexpected(): string[] {
    return this.complaints.filter((text) => !/the server responded with a status of 4\d\d/.test(text));
  }
}

/** The response of an operation, as shown by Swagger UI. */
export interface Shown {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any response body
  body: any;
}

interface Filled {
  /** Parameters by name. */
  fields?: Record<string, string>;
  body?: object;
}

/** Swagger UI, operated like a user would. */
export class DocsPage {
  private constructor(readonly page: Page) {}

  /** A new page, not authorised yet. */
  static async open(browser: Browser, url: string, observed: Observed): Promise<DocsPage> {
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } });
    page.setDefaultTimeout(10_000);
    observed.watch(page);
    await page.goto(`${url}/docs`);
    return new DocsPage(page);
  }

  async choose(title: string, name: string): Promise<void> {
    await this.page.selectOption('#select', { label: title });
    await this.page.waitForSelector(`a[href="/openapi/${name}.json"]`);
    await this.page.waitForSelector('.opblock');
  }

  /** Fills in one scheme after the other; an authorised one no longer shows its input. */
  async authorize(...schemes: [input: string, value: string][][]): Promise<void> {
    await this.page.click('.auth-wrapper > button.authorize');
    for (const inputs of schemes) {
      for (const [input, value] of inputs) await this.page.locator(input).first().fill(value);
      await this.page
        .locator(inputs[0]?.[0] ?? '')
        .first()
        .press('Enter');
      await this.page.locator('.auth-container', { hasText: 'Authorized' }).last().waitFor();
    }
    await this.page.click('button.btn-done >> nth=0');
  }

  /** Lets Authorize fetch a token by client credentials, with every offered scope. */
  async authorizeByToken({ key, secret }: { key: string; secret: string }, select = true): Promise<void> {
    await this.page.click('.auth-wrapper > button.authorize');
    await this.page.fill('#client_id_clientCredentials', key);
    await this.page.fill('#client_secret_clientCredentials', secret);
    if (select) await this.page.click('.scopes a:has-text("select all")');
    await this.page.click('[aria-label="Apply given OAuth2 credentials"]');
    await this.page.locator('.auth-container', { hasText: 'Authorized' }).last().waitFor();
    await this.page.click('button.btn-done >> nth=0');
  }

  async isAuthorized(): Promise<boolean> {
    return (await this.page.locator('.auth-wrapper > button.authorize.locked').count()) === 1;
  }

  /** Fills in an operation, executes it and waits until its response is shown. */
  async execute(operationId: string, filled: Filled): Promise<Shown> {
    const shown = await this.press(operationId, filled);
    if (shown === 'not sent') throw new Error(`the page did not send ${operationId}`);
    await this.answerOf(operationId, shown.status);
    return shown;
  }

  /** Waits until the operation shows a response with this status. */
  async answerOf(operationId: string, status: number): Promise<void> {
    const answer = this.operation(operationId).locator('.live-responses-table .response-col_status');
    await answer.filter({ hasText: String(status) }).waitFor();
  }

  /** Fills in an operation and presses Execute. `not sent`: a required field was missing. */
  async press(operationId: string, { fields = {}, body }: Filled): Promise<Shown | 'not sent'> {
    const block = await this.openOperation(operationId);
    for (const [name, value] of Object.entries(fields)) {
      const row = block.locator(`tr[data-param-name="${name}"]`);
      if ((await row.locator('select').count()) > 0) await row.locator('select').selectOption(value);
      else await row.locator('input').fill(value);
    }
    if (body !== undefined) await block.locator('textarea.body-param__text').fill(JSON.stringify(body));
    // Excludes the page's own icons, and documents that are fetched again.
    const answered = this.page.waitForResponse(
      (response) => response.request().resourceType() === 'fetch' && !response.url().includes('/openapi/'),
    );
    await block.locator('button.execute').click();
    const refused = block.locator('.validation-errors').waitFor();
    const response = await Promise.any([answered, refused.then(() => null)]);
    // The other wait times out.
    for (const wait of [answered, refused]) wait.catch(() => undefined);
    if (response === null) return 'not sent';
    await observeResponse(response);
    return { status: response.status(), body: await bodyOf(response) };
  }

  /** Expands an operation if it is collapsed. */
  async openOperation(operationId: string): Promise<Locator> {
    const block = this.operation(operationId);
    if (!((await block.getAttribute('class')) ?? '').includes('is-open'))
      await block.locator('.opblock-summary-control').click();
    return block;
  }

  async closeOperation(operationId: string): Promise<void> {
    await this.operation(operationId).locator('.opblock-summary-control').click();
  }

  private operation(operationId: string): Locator {
    return this.page.locator(`[id$="-${operationId}"]`);
  }

  /** The methods of the operations on the page. */
  async methodsShown(): Promise<Set<string>> {
    const texts = await this.page.locator('.opblock-summary-method').allTextContents();
    return new Set(texts);
  }

  /** @param operationId the operation with the response to scroll to */
  async screenshot(name: string, operationId?: string): Promise<void> {
    if (operationId !== undefined) {
      const answer = this.page.locator(`[id$="-${operationId}"] .live-responses-table`);
      await answer.evaluate((element) => {
        element.scrollIntoView({ block: 'end' });
      });
    }
    await this.page.screenshot({ path: join(SCREENSHOTS, `${name}.png`) });
  }
}

/** The JSON of the response, or its text. */
async function bodyOf(response: Response): Promise<Shown['body']> {
  const text = await response.text();
  const isJson = /^application\/(problem\+)?json/.test(response.headers()['content-type'] ?? '');
  return isJson ? JSON.parse(text) : text;
}

async function observeResponse(response: Response): Promise<void> {
  const request = response.request();
  const { pathname, search } = new URL(request.url());
  observe({
    method: request.method(),
    url: pathname + search,
    sent: await request.allHeaders(),
    payload: request.postData() ?? undefined,
    status: response.status(),
    headers: await response.allHeaders(),
    text: await response.text(),
  });
}
