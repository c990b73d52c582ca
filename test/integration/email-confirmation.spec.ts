import { LowBalanceAlerts } from '../../src/payments/low-balance-alerts.service.js';
import { MailServer, type ReceivedEmail } from '../support/mail-server.js';
import { Money, MONEY_ACT, type TestAccount } from '../support/money.js';
import type { Post } from '../support/post.js';
import { createQuietWorld } from '../support/quiet-world.js';
import { PUBLIC_URL } from '../support/test-environment.js';
import type { TestResponse, World } from '../support/world.js';

const ONE = 'one@example.com';
const TWO = 'two@example.org';
const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const NAME = 'Call +1 555 0100 at once';

let world: World;
let money: Money;
let post: Post;
const server = new MailServer();

beforeAll(async () => {
  await server.start();
  ({ world, money, post } = await createQuietWorld({ SMTP_URL: server.url() }));
});
afterAll(async () => {
  await world.close();
  await server.stop();
});
beforeEach(() => {
  server.forget();
  post.backToNow();
});

const notified = (...fundingNotificationEmails: string[]) =>
  money.account(undefined, 'USD', { fundingNotificationEmails, displayName: NAME });

/** The e-mails that the events until now lead to. */
async function heard(): Promise<ReceivedEmail[]> {
  const before = server.accepted.length;
  await post.deliver();
  return server.accepted.slice(before);
}

async function deposited(account: TestAccount): Promise<ReceivedEmail[]> {
  await money.deposit(account, 1);
  return heard();
}

/** The path and query of the link in an e-mail. */
function linkIn(email: ReceivedEmail | undefined): string {
  const [, path] = new RegExp(`${PUBLIC_URL}(/emails/\\S+)`).exec(email?.text ?? '') ?? [];
  if (path === undefined) throw new Error('there is no link');
  return path;
}

const isConfirmation = ({ headers }: ReceivedEmail): boolean =>
  headers.get('subject') === 'Please confirm your e-mail address';

/** The link of the confirmation that a new account leads to. */
async function asked(...addresses: string[]): Promise<{ account: TestAccount; link: string }> {
  const account = await notified(...addresses);
  const [email] = await heard();
  return { account, link: linkIn(email) };
}

const statusOf = async ({ platformId }: TestAccount): Promise<string[]> => {
  const rows = await world.dataSource.query<{ status: string }[]>(
    'SELECT status FROM email_addresses WHERE platform_id = $1 ORDER BY id',
    [platformId],
  );
  return rows.map(({ status }) => status);
};

function expectPage({ status, headers, text }: TestResponse): void {
  expect(status).toBe(200);
  expect(headers).toMatchObject({
    'content-type': 'text/html; charset=utf-8',
    'cache-control': 'no-store',
    'referrer-policy': 'no-referrer',
    'content-security-policy':
      "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
  });
  expect(text).not.toMatch(/<script|src=|set-cookie/i);
}

describe('An address that is not confirmed', () => {
  it('gets one e-mail, which asks to confirm and has no text of a caller, and no notification', async () => {
    const account = await notified(ONE, TWO);
    const emails = await deposited(account);
    expect(server.acceptedBy).toEqual([ONE, TWO]);
    for (const { headers, text } of emails) {
      expect(headers.get('subject')).toBe('Please confirm your e-mail address');
      expect(headers.has('list-unsubscribe')).toBe(false);
      for (const words of [NAME, account.identifier, account.view.number]) expect(text).not.toContain(words);
    }
    expect(await deposited(account)).toEqual([]);
    expect(await world.count('emails', `platform_id = ${account.platformId}`)).toBe(2);
  });

  it('is asked three times at most, once a day, in any spelling', async () => {
    const account = await notified(ONE, 'ONE@example.com');
    expect(await deposited(account)).toHaveLength(1);
    for (const [wait, expected] of [
      [DAY - HOUR, 0],
      [HOUR, 1],
      [DAY, 1],
      [DAY, 0],
      [30 * DAY, 0],
    ] as const) {
      post.later(wait);
      expect(await deposited(account)).toHaveLength(expected);
    }
  });

  it('of an alert is asked with the next event of the account, and the alert is not used up', async () => {
    const account = await money.funded(100);
    await heard();
    const { platformId, customer, identifier: accountIdentifier } = account;
    const name = { platformId, customerId: customer.id, accountIdentifier };
    const order = { displayName: NAME, threshold: 50, emails: [ONE] };
    await world.app.get(LowBalanceAlerts).create(name, order, { audit: MONEY_ACT, claim: null });
    await money.withdraw(account, 60);
    const emails = await heard();
    expect(emails.map(isConfirmation)).toEqual([true]);
    await world.send('POST', linkIn(emails[0]));
    await money.deposit(account, 60);
    await money.withdraw(account, 60);
    const [alert, ...others] = await heard();
    expect([alert?.headers.get('subject'), others]).toEqual([
      `Balance below USD 50.00: A${account.view.number}`,
      [],
    ]);
  });
});

describe('The link of a confirmation', () => {
  it('shows a page that changes nothing, whose button confirms', async () => {
    const { account, link } = await asked(ONE);
    expect(link).toMatch(/^\/emails\/confirm\?token=[\w-]+$/);
    const page = await world.send('GET', link);
    expectPage(page);
    expect(page.text).toContain(`<form method="post" action="${link.slice(link.indexOf('?'))}">`);
    expect([await statusOf(account), await deposited(account)]).toEqual([['unconfirmed'], []]);
    for (let time = 0; time < 2; time++) {
      const confirmed = await world.send('POST', link, {
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        raw: '',
      });
      expectPage(confirmed);
      expect(confirmed.text).not.toContain('<form');
    }
    expect(await statusOf(account)).toEqual(['confirmed']);
    const [email] = await deposited(account);
    expect(email?.headers.get('subject')).toBe(`USD 1.00 received: A${account.view.number}`);
  });

  it('confirms for one platform alone', async () => {
    const { link } = await asked(ONE);
    const other = await asked(ONE);
    await world.send('POST', link);
    expect(await statusOf(other.account)).toEqual(['unconfirmed']);
  });

  it('is valid for seven days', async () => {
    const { account, link } = await asked(ONE);
    post.later(7 * DAY - HOUR);
    expectPage(await world.send('GET', link));
    post.later(2 * HOUR);
    for (const method of ['GET', 'POST']) {
      const { status, body } = await world.send(method, link);
      expect([status, body.code]).toEqual([400, 'validation_failed']);
    }
    expect(await statusOf(account)).toEqual(['unconfirmed']);
  });

  it('that is altered or missing is refused as every path outside the APIs refuses', async () => {
    const { account, link } = await asked(ONE);
    const token = link.slice(link.indexOf('=') + 1);
    const last = token.endsWith('A') ? 'B' : 'A';
    for (const path of [
      `/emails/confirm?token=${token.slice(0, -1)}${last}`,
      `/emails/confirm?token=${last}${token.slice(1)}`,
      `/emails/confirm?token=${token}=`,
      `/emails/confirm?token=${token}&token=${token}`,
      `/emails/confirm?token=${'A'.repeat(2_000)}`,
      '/emails/confirm?token=',
      '/emails/confirm',
    ])
      for (const method of ['GET', 'POST']) {
        const { status, headers, body } = await world.send(method, path);
        expect({ path, method, status, body }).toMatchObject({
          status: 400,
          body: { code: 'validation_failed' },
        });
        expect(headers['content-type']).toMatch(/^application\/json/);
        expect(JSON.stringify(body)).not.toContain(token);
      }
    expect(await statusOf(account)).toEqual(['unconfirmed']);
  });

  it('is not stored with the e-mail', async () => {
    const { account } = await asked(ONE);
    const rows = await world.dataSource.query<{ body: string }[]>(
      'SELECT body FROM emails WHERE platform_id = $1',
      [account.platformId],
    );
    expect(rows.map(({ body }) => body.includes('token='))).toEqual([false]);
  });
});

describe('The link to unsubscribe', () => {
  /** An account with a confirmed address, and the link in its first notification. */
  async function subscribed(): Promise<{ account: TestAccount; link: string; email: ReceivedEmail }> {
    const account = await notified(ONE);
    await post.confirm(account, ONE);
    const [email] = await deposited(account);
    if (email === undefined) throw new Error('there is no notification');
    return { account, link: linkIn(email), email };
  }

  it('is in the headers and in the text of a notification, for one click (RFC 8058)', async () => {
    const { link, email } = await subscribed();
    expect(link).toMatch(/^\/emails\/unsubscribe\?token=[\w-]+$/);
    expect(email.headers.get('list-unsubscribe')).toBe(`<${PUBLIC_URL}${link}>`);
    expect(email.headers.get('list-unsubscribe-post')).toBe('List-Unsubscribe=One-Click');
    expect(email.text.trimEnd().split('\n').at(-1)).toBe(`Unsubscribe: ${PUBLIC_URL}${link}`);
  });

  it.each([
    ['application/x-www-form-urlencoded', 'List-Unsubscribe=One-Click'],
    [
      'multipart/form-data; boundary=x',
      '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
    ],
  ])('unsubscribes at once by a POST of %s, also when it is repeated', async (type, raw) => {
    const { account, link } = await subscribed();
    for (let time = 0; time < 2; time++)
      expectPage(await world.send('POST', link, { headers: { 'content-type': type }, raw }));
    expect([await statusOf(account), await deposited(account)]).toEqual([['unsubscribed'], []]);
    post.later(30 * DAY);
    expect(await deposited(account)).toEqual([]);
  });

  it('shows a page that changes nothing', async () => {
    const { account, link } = await subscribed();
    const page = await world.send('GET', link);
    expectPage(page);
    expect(page.text).toContain(`<form method="post" action="${link.slice(link.indexOf('?'))}">`);
    expect(await statusOf(account)).toEqual(['confirmed']);
  });

  it('is valid a year later', async () => {
    const { account, link } = await subscribed();
    post.later(365 * DAY);
    expectPage(await world.send('POST', link));
    expect(await statusOf(account)).toEqual(['unsubscribed']);
  });

  it('is not the link of a confirmation, which confirms no address that unsubscribed', async () => {
    const { account, link } = await asked(ONE);
    const other = link.replace('confirm', 'unsubscribe');
    expect((await world.send('POST', other)).status).toBe(400);
    await post.confirm(account, ONE);
    const [email] = await deposited(account);
    const unsubscribe = linkIn(email);
    expect((await world.send('POST', unsubscribe.replace('unsubscribe', 'confirm'))).status).toBe(400);
    await world.send('POST', unsubscribe);
    const { status, body } = await world.send('POST', link);
    expect([status, body.code, await statusOf(account)]).toEqual([
      409,
      'transition_not_allowed',
      ['unsubscribed'],
    ]);
  });

  it('keeps e-mails back that are queued already', async () => {
    const { account, link } = await subscribed();
    await money.deposit(account, 1);
    await post.dispatch();
    await world.send('POST', link);
    const before = server.accepted.length;
    await post.send();
    expect(server.accepted).toHaveLength(before);
    const rows = await post.emails(account);
    expect(rows.at(-1)).toMatchObject({ status: 'failed', last_error: 'the recipient has unsubscribed' });
  });
});
