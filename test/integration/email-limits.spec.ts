import { Logger } from '@nestjs/common';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import { PostgresUsageStore } from '../../src/rate-limits/postgres-usage-store.js';
import type { Money, TestAccount } from '../support/money.js';
import { valueOfSeries } from '../support/metrics.js';
import type { Post } from '../support/post.js';
import { createQuietWorld } from '../support/quiet-world.js';
import { until } from '../support/until.js';
import type { World } from '../support/world.js';

const ONE = 'one@example.com';
const TWO = 'two@example.com';
const WITHIN = 2;
const MANY = 60;

let world: World;
let money: Money;
let post: Post;
let warnings: jest.SpyInstance;

beforeEach(() => {
  jest.restoreAllMocks();
  warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
});
afterEach(() => world.close());

async function begin(limits: string): Promise<void> {
  ({ world, money, post } = await createQuietWorld({ RATE_LIMITS: limits }));
}

/** An account with addresses that are confirmed. */
async function notified(fundingNotificationEmails: string[], { customer }: Partial<TestAccount> = {}) {
  const account = await money.account(customer, 'USD', { fundingNotificationEmails });
  await post.confirm(account, ...fundingNotificationEmails);
  return account;
}

/** The recipients of the e-mails that one deposit each leads to. */
async function recipientsAfter(...accounts: TestAccount[]): Promise<string[]> {
  const [{ platformId } = { platformId: '' }] = accounts;
  const before = await post.emails({ platformId });
  for (const account of accounts) await money.deposit(account, 1);
  await post.dispatch();
  return (await post.emails({ platformId })).slice(before.length).map(({ recipient }) => recipient);
}

async function suppressed(reason: string): Promise<number> {
  const { text } = await world.send('GET', '/metrics');
  return valueOfSeries(text, `vostro_emails_suppressed_total{reason="${reason}"}`);
}

it('A recipient gets the daily number of e-mails of a platform, in any spelling, and another recipient gets as many', async () => {
  await begin(`email-recipient=${WITHIN}/86400s`);
  const account = await notified([ONE]);
  const twin = await notified(['ONE@Example.com', TWO], account);
  expect(await recipientsAfter(account, twin)).toEqual([ONE, 'ONE@Example.com', TWO]);
  expect(await recipientsAfter(account, twin, twin)).toEqual([TWO]);
  expect(await suppressed('email-recipient')).toBe(4);
  const { platformId } = account;
  expect(warnings.mock.calls).toEqual([[`4 e-mails of plt_${platformId} suppressed: email-recipient`]]);
  expect(await recipientsAfter(await notified([ONE]))).toEqual([ONE]);
  await until(async () => (await world.count('rate_limit_usage', `key LIKE 'email-recipient %'`)) === 3);
  expect(await world.count('rate_limit_usage', `key LIKE '%example%'`)).toBe(0);
});

it('A platform sends the daily number of e-mails, and another platform its own', async () => {
  await begin(`email-platform=${WITHIN}/86400s`);
  const account = await notified(['a@example.com', 'b@example.com', 'c@example.com']);
  expect(await recipientsAfter(account)).toEqual(['a@example.com', 'b@example.com']);
  expect(await suppressed('email-platform')).toBe(1);
  expect(await recipientsAfter(await notified([ONE]))).toEqual([ONE]);
});

it('E-mails to many recipients are counted with two connections at most, which requests need too', async () => {
  let [atOnce, highest] = [0, 0];
  await begin('');
  // The reports are made by the library, which is replaced by itself with a count around it.
  const limiter = Reflect.get(world.app.get(PostgresUsageStore), 'limiter') as RateLimiterPostgres;
  const report = limiter.penalty.bind(limiter);
  jest.spyOn(limiter, 'penalty').mockImplementation(async (...usage) => {
    highest = Math.max(highest, ++atOnce);
    return report(...usage).finally(() => atOnce--);
  });
  const addresses = Array.from({ length: MANY }, (_, n) => `to-${n}@example.com`);
  expect(await recipientsAfter(await notified(addresses))).toEqual(addresses);
  await until(async () => (await world.count('rate_limit_usage', `key LIKE 'email-recipient %'`)) === MANY);
  expect(highest).toBe(2);
});
