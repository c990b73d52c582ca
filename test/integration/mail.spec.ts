import { AccountAmendments } from '../../src/accounts/lifecycle/account-amendments.service.js';
import { HoldsService } from '../../src/payments/holds.service.js';
import { LowBalanceAlerts } from '../../src/payments/low-balance-alerts.service.js';
import { ReversalsService } from '../../src/payments/reversals.service.js';
import { MailServer, type ReceivedEmail } from '../support/mail-server.js';
import { Money, MONEY_ACT, type TestAccount } from '../support/money.js';
import type { Post } from '../support/post.js';
import { createQuietWorld } from '../support/quiet-world.js';
import type { World } from '../support/world.js';

const ONE = 'one@example.com';
const TWO = 'two@example.org';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const COMMAND = { audit: MONEY_ACT, claim: null };

let world: World;
let money: Money;
let post: Post;
const server = new MailServer();

beforeAll(async () => {
  await server.start();
  ({ world, money, post } = await createQuietWorld({
    SMTP_URL: server.url(),
    MAIL_FROM: 'Bank of Łódź <no-reply@bank.example>',
  }));
});
afterAll(async () => {
  await world.close();
  await server.stop();
});
beforeEach(() => {
  server.forget();
  post.backToNow();
});

/** The addresses of these tests are confirmed; test/integration/email-confirmation.spec.ts is about unconfirmed ones. */
const withConfirmed = async (account: TestAccount): Promise<TestAccount> => {
  await post.confirm(account, ONE, TWO);
  return account;
};
const notified = async (...fundingNotificationEmails: string[]) =>
  withConfirmed(await money.account(undefined, 'USD', { fundingNotificationEmails }));
const funded = async (amount: number) => withConfirmed(await money.funded(amount));
const sent = async (): Promise<ReceivedEmail[]> => {
  await post.deliver();
  return server.accepted;
};

describe('A deposit', () => {
  it('is sent to each address of the account in a separate e-mail', async () => {
    const account = await notified(ONE, TWO);
    await money.deposit(account, 25.5);
    await money.deposit(account, 1);
    const received = await sent();
    expect(server.acceptedBy).toEqual([ONE, ONE, TWO, TWO]);
    for (const { to, headers, raw, from } of received) {
      expect(to).toHaveLength(1);
      expect(from).toBe('no-reply@bank.example');
      expect(headers.get('to')).toBe(to[0]);
      expect(raw).not.toContain(to[0] === ONE ? TWO : ONE);
    }
    expect(new Set(received.map(({ headers }) => headers.get('subject')))).toEqual(
      new Set([`USD 25.50 received: A${account.view.number}`, `USD 1.00 received: A${account.view.number}`]),
    );
    expect((await post.emails(account)).map(({ status, attempts }) => [status, attempts])).toEqual(
      Array(4).fill(['sent', 1]),
    );
  });

  it('is sent as plain text, marked as automatic, with a unique Message-ID', async () => {
    const account = await notified(ONE, TWO);
    await post.deposit(account, 1234.5, { reference: 'invoice-7', description: 'First funding' });
    const received = await sent();
    const [{ headers, text } = {} as ReceivedEmail] = received;
    expect(Object.fromEntries(headers)).toMatchObject({
      from: 'Bank of Łódź <no-reply@bank.example>',
      'auto-submitted': 'auto-generated',
      'content-type': 'text/plain; charset=utf-8',
      'mime-version': '1.0',
      date: expect.stringMatching(/^\w{3}, \d{2} \w{3} \d{4} \d{2}:\d{2}:\d{2} \+0000$/),
      'message-id': expect.stringMatching(/^<eml_\d+_\d+\.[0-9a-z]+@bank\.example>$/),
    });
    expect(new Set(received.map(({ headers: h }) => h.get('message-id'))).size).toBe(2);
    for (const line of [
      `Account:      ${account.view.displayName ?? ''}`,
      `Identifier:   ${account.identifier}`,
      `Number:       A${account.view.number}`,
      'Amount:       USD 1234.50',
      'Description:  First funding',
      'Reference:    invoice-7',
    ])
      expect(text.split('\n')).toContain(line);
  });

  it('is sent to the addresses that are configured when it is queued', async () => {
    const account = await notified(ONE);
    await money.deposit(account, 1);
    const { platformId } = account;
    await world.app
      .get(AccountAmendments)
      .amend(
        { platformId, channel: 'platform', accountIdentifier: account.identifier },
        { fundingNotificationEmails: [TWO] },
        MONEY_ACT,
      );
    await sent();
    expect(server.acceptedBy).toEqual([TWO]);
  });

  it('is sent once, also when its event is dispatched again', async () => {
    const account = await notified(ONE, TWO);
    await money.deposit(account, 1);
    await sent();
    await world.dataSource.query('UPDATE events SET dispatched_at = NULL WHERE platform_id = $1', [
      account.platformId,
    ]);
    await sent();
    expect(server.acceptedBy).toEqual([ONE, TWO]);
  });

  it('is sent, and no withdrawal, transfer or reversal', async () => {
    const account = await notified(ONE);
    const other = await money.account(account.customer, 'USD', { fundingNotificationEmails: [TWO] });
    await money.deposit(account, 100);
    const transfer = await money.transfer(account, other, 10);
    await money.withdraw(account, 5);
    await world.app
      .get(ReversalsService)
      .reverse(
        { platformId: account.platformId, id: transfer.id },
        { description: null, metadata: {} },
        COMMAND,
      );
    await sent();
    expect(server.acceptedBy).toEqual([ONE]);
    expect(await world.count('emails', `platform_id = ${account.platformId}`)).toBe(1);
  });

  it('shows names of any script, and nothing in them becomes a subject, another header, a recipient or a line', async () => {
    const evil = 'x\r\nBcc: evil@example.net\r\n\r\nEvil body';
    const names = [
      'Zażółć 貯金 Österreich',
      'a <evil@example.net>, "b"',
      evil,
      '\u202eevil\u2028Cc: evil@example.net',
    ];
    for (const displayName of names) {
      const account = await notified(ONE);
      // Bypasses the API, which would refuse this name.
      await world.dataSource.query('UPDATE accounts SET display_name = $2 WHERE platform_id = $1', [
        account.platformId,
        displayName,
      ]);
      await post.deposit(account, 1, { description: displayName, reference: null });
    }
    const received = await sent();
    const shown = received.map(({ text }) => text.split('\n').find((line) => line.startsWith('Account:')));
    expect(shown.sort()).toEqual([
      'Account:       evil Cc: evil@example.net',
      'Account:      Zażółć 貯金 Österreich',
      'Account:      a <evil@example.net>, "b"',
      'Account:      x Bcc: evil@example.net Evil body',
    ]);
    for (const { to, headers, text, raw } of received) {
      expect(to).toEqual([ONE]);
      expect(headers.get('subject')).toMatch(/^USD 1\.00 received: A\d+$/);
      expect([headers.has('bcc'), headers.has('cc')]).toEqual([false, false]);
      expect(text.split('\n').filter((line) => /^(Bcc|Cc|Evil)/.test(line))).toEqual([]);
      // Every line of the head is a header or continues one, in ASCII.
      const head = raw.slice(0, raw.indexOf('\r\n\r\n')).split('\r\n');
      expect(head.filter((line) => !/^([A-Za-z-]+: |[ \t])[\x20-\x7e]*$/.test(line))).toEqual([]);
    }
    expect(received.some(({ text }) => text.includes('Description:  Zażółć 貯金 Österreich'))).toBe(true);
  });
});

describe('A low-balance alert', () => {
  const alertOn = (
    { platformId, customer, identifier: accountIdentifier }: TestAccount,
    threshold: number,
    emails = [ONE],
  ) =>
    world.app
      .get(LowBalanceAlerts)
      .create(
        { platformId, customerId: customer.id, accountIdentifier },
        { displayName: `Below ${threshold}`, threshold, emails },
        COMMAND,
      );
  const heard = async (): Promise<number> => {
    const before = server.accepted.length;
    return (await sent()).length - before;
  };

  it('is sent once when its threshold is crossed, and again after a recovery', async () => {
    const account = await funded(100);
    await alertOn(account, 50, [ONE, TWO]);
    await money.withdraw(account, 50);
    expect(await heard()).toBe(0);
    await money.withdraw(account, 0.01);
    expect(await heard()).toBe(2);
    expect(server.acceptedBy).toEqual([ONE, TWO]);
    await money.withdraw(account, 10);
    await money.deposit(account, 5);
    await money.withdraw(account, 5);
    expect(await heard()).toBe(0);
    post.later(HOUR);
    await money.deposit(account, 60);
    await money.withdraw(account, 60);
    expect(await heard()).toBe(2);
  });

  it('is sent once an hour at most, however often its threshold is crossed', async () => {
    const account = await funded(100);
    await alertOn(account, 50, [ONE, TWO]);
    const cross = async (): Promise<number> => {
      await money.withdraw(account, 60);
      const emails = await heard();
      await money.deposit(account, 60);
      return emails;
    };
    for (let crossing = 0; crossing < 3; crossing++) {
      await money.withdraw(account, 60);
      await money.deposit(account, 60);
    }
    expect(await heard()).toBe(2);
    expect(await cross()).toBe(0);
    post.later(HOUR - MINUTE);
    expect(await cross()).toBe(0);
    post.later(MINUTE);
    expect(await cross()).toBe(2);
    expect(await world.count('emails', `platform_id = ${account.platformId}`)).toBe(4);
  });

  it('is sent once an hour separately from another alert of the account', async () => {
    const account = await funded(100);
    await alertOn(account, 50);
    await money.withdraw(account, 60);
    expect(await heard()).toBe(1);
    await alertOn(account, 30);
    await money.withdraw(account, 20);
    expect(await heard()).toBe(1);
    expect(server.accepted.at(-1)?.text).toContain(
      'The next e-mail of this alert comes in an hour at the earliest, when the account has been above the threshold and falls below it again.',
    );
  });

  it('shows the available balance and the threshold', async () => {
    const account = await funded(100);
    await alertOn(account, 50.5);
    await money.withdraw(account, 70);
    const [{ headers, text } = {} as ReceivedEmail] = await sent();
    expect(headers.get('subject')).toBe(`Balance below USD 50.50: A${account.view.number}`);
    for (const line of ['Alert:        Below 50.5', 'Threshold:    USD 50.50', 'Available:    USD 30.00'])
      expect(text.split('\n')).toContain(line);
  });

  it('is sent for the amount of a hold', async () => {
    const account = await funded(100);
    await alertOn(account, 50);
    const { platformId, id } = account;
    const told = { expiresAt: null, reference: null, description: null, metadata: {} };
    await world.app.get(HoldsService).place({ account: { platformId, id }, amount: 60, ...told }, COMMAND);
    expect(await heard()).toBe(1);
    expect(server.accepted[0]?.text).toContain('Available:    USD 40.00');
  });

  it('is sent for a transfer to another account, separately for each alert', async () => {
    const account = await funded(100);
    const other = await money.account(account.customer);
    await alertOn(account, 80);
    await alertOn(account, 60);
    await alertOn(account, 10);
    await money.transfer(account, other, 50);
    expect(await heard()).toBe(2);
    expect(server.accepted.map(({ headers }) => headers.get('subject')?.split(':')[0]).sort()).toEqual([
      'Balance below USD 60.00',
      'Balance below USD 80.00',
    ]);
  });

  it('created while the account is already below is sent only after it has been above', async () => {
    const account = await funded(10);
    await alertOn(account, 50);
    await money.withdraw(account, 1);
    expect(await heard()).toBe(0);
    await money.deposit(account, 91);
    await money.withdraw(account, 60);
    expect(await heard()).toBe(1);
  });

  it('that was deleted is not sent, also for an earlier crossing', async () => {
    const account = await funded(100);
    const { id } = await alertOn(account, 50);
    await money.withdraw(account, 60);
    const { platformId, customer, identifier: accountIdentifier } = account;
    await world.app
      .get(LowBalanceAlerts)
      .delete({ account: { platformId, customerId: customer.id, accountIdentifier }, id }, MONEY_ACT);
    expect(await heard()).toBe(0);
    expect(await world.count('emails', `platform_id = ${platformId}`)).toBe(0);
  });
});
