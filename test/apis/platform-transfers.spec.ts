import { ChangeFeed } from '../../src/database/change-feed.service.js';
import { announceStatus } from '../../src/database/session-ending.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import { BAD_BODIES, BAD_TEXT, JSON_TYPE, NOT_TEXT } from '../support/bad-input.js';
import type { KeyHeaders } from '../support/factories.js';
import { Money, type TestAccount } from '../support/money.js';
import { expectPlatformError, TIME } from '../support/platform-error.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

const PATH = '/raas/v2/transferFunds';

let world: World;
let money: Money;
let customer: Customer;
let headers: KeyHeaders;
let from: TestAccount;
let to: TestAccount;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  customer = await world.make.aCustomer({ countryOfResidence: null });
  headers = await world.make.platformHeaders(customer.platformId);
  from = await money.funded(100, customer);
  to = await money.account(customer);
});

const send = (body: object = {}, more: KeyHeaders = {}): Promise<TestResponse> =>
  world.send('POST', PATH, {
    headers: { ...headers, ...more },
    body: { transferFrom: from.identifier, transferTo: to.identifier, amount: 25.5, ...body },
  });
const sendRaw = (amount: string): Promise<TestResponse> =>
  world.send('POST', PATH, {
    headers: { ...headers, ...JSON_TYPE },
    raw: `{"transferFrom":"${from.identifier}","transferTo":"${to.identifier}","amount":${amount}}`,
  });
const balances = async (): Promise<number[]> => {
  const get = async ({ identifier }: TestAccount): Promise<number> =>
    (await world.send('GET', `/raas/v2/accounts/${identifier}`, { headers })).body.currentBalance;
  return [await get(from), await get(to)];
};

describe('Transferring funds', () => {
  it('answers 200 with every documented field', async () => {
    const answer = await send({ externalRefID: 'payout-1', transferNotes: ' Payout ' });
    const party = (account: TestAccount, startingBalance: number, endingBalance: number): object => ({
      accountIdentifier: account.identifier,
      accountNumber: `A${account.view.number}`,
      displayName: account.view.displayName,
      currencyCode: 'USD',
      startingBalance,
      endingBalance,
      status: 'ACTIVE',
      contactEmail: 'ops@example.com',
    });
    expect([answer.status, answer.body]).toEqual([
      200,
      {
        transferDate: TIME,
        transferredAmount: 25.5,
        transferNotes: 'Payout',
        externalRefID: 'payout-1',
        transferFrom: party(from, 100, 74.5),
        transferTo: party(to, 0, 25.5),
      },
    ]);
    expect(await balances()).toEqual([74.5, 25.5]);
  });

  it('accepts identifiers in any case, and requires neither reference nor notes', async () => {
    const answer = await send({ transferFrom: from.identifier.toUpperCase(), externalRefID: null });
    expect([answer.status, answer.body.transferNotes, answer.body.externalRefID]).toEqual([200, null, null]);
    expect((await send()).status).toBe(200);
    expect(await balances()).toEqual([49, 51]);
  });

  it('exists below the base path only', async () => {
    const answer = await world.send('POST', '/transferFunds', { headers, body: {} });
    expect(answer.status).toBe(404);
  });
});

describe('With an externalRefID', () => {
  it('a transfer is posted once, and a retry returns the same response', async () => {
    const first = await send({ externalRefID: 'payout-2', transferNotes: 'n' });
    await send({ amount: 1 });
    const again = await send({ externalRefID: 'payout-2', transferNotes: 'n' });
    expect(again.text).toBe(first.text);
    expect(await balances()).toEqual([73.5, 26.5]);
  });

  it('concurrent retries are posted once, also when the balance covers only one', async () => {
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => send({ amount: 100, externalRefID: 'payout-3' })),
    );
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(answers[0]?.status).toBe(200);
    expect(await balances()).toEqual([0, 100]);
  });

  it.each([
    ['another amount', { amount: 25.51 }],
    ['other notes', { transferNotes: 'other' }],
    ['the other direction', {}],
  ])('%s is refused', async (name, other) => {
    await send({ externalRefID: 'payout-4' });
    const turned = name === 'the other direction';
    const parties = turned ? { transferFrom: to.identifier, transferTo: from.identifier } : {};
    const answer = await send({ externalRefID: 'payout-4', ...other, ...parties });
    expectPlatformError(answer, '409.001');
    expect(await balances()).toEqual([74.5, 25.5]);
  });

  it('one of two concurrent transfers between different accounts is posted, and the other one is refused', async () => {
    const [third, fourth] = [await money.funded(100, customer), await money.account(customer)];
    const answers = await Promise.all([
      send({ externalRefID: 'payout-5' }),
      send({
        externalRefID: 'payout-5',
        transferFrom: third.identifier,
        transferTo: fourth.identifier,
      }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(
      await world.count('transfers', `reference = 'payout-5' AND platform_id = ${from.platformId}`),
    ).toBe(1);
  });

  it('a transfer on another platform is a different one', async () => {
    await send({ externalRefID: 'payout-6' });
    const other = await world.make.aCustomer({ countryOfResidence: null });
    const [a, b] = [await money.funded(10, other), await money.account(other)];
    const answer = await world.send('POST', PATH, {
      headers: await world.make.platformHeaders(other.platformId),
      body: { transferFrom: a.identifier, transferTo: b.identifier, amount: 1, externalRefID: 'payout-6' },
    });
    expect([answer.status, answer.body.transferredAmount]).toEqual([200, 1]);
  });
});

describe('A transfer of funds is refused', () => {
  afterEach(async () => {
    expect(await balances()).toEqual([100, 0]);
  });

  it('404 for an account that does not exist or is another platform’s', async () => {
    const foreign = await money.account();
    for (const wrong of ['no-such-account', foreign.identifier]) {
      expectPlatformError(await send({ transferFrom: wrong }), '404.003');
      expectPlatformError(await send({ transferTo: wrong }), '404.003');
    }
  });

  it('409 for insufficient funds or different currencies', async () => {
    expectPlatformError(await send({ amount: 100.01 }), '409.001');
    const euros = await money.account(customer, 'EUR');
    expectPlatformError(await send({ transferTo: euros.identifier }), '409.001');
  });

  it('400 for the same account twice', async () => {
    expectPlatformError(await send({ transferTo: from.identifier }), '400.001', [['transferTo', '400.001']]);
  });

  it.each(['0', '-0', '-1', '0.001', '1e15', '1e400', '10.000000000000000001'])(
    '400 for the amount %s',
    async (raw) => {
      const answer = await sendRaw(raw);
      expect([answer.status, answer.body.errors[0].path]).toEqual([400, 'amount']);
    },
  );

  it.each(['"25.50"', 'null', 'true', '[1]', '{}'])(
    '400 for the amount %s, which is no number',
    async (raw) => {
      expectPlatformError(await sendRaw(raw), '400.001', [['amount', '422.128']]);
    },
  );

  it.each([...NOT_TEXT.filter(([name]) => name !== 'null'), ...BAD_TEXT])(
    '400 for %s as notes or reference',
    async (_name, value) => {
      for (const field of ['transferNotes', 'externalRefID']) {
        const answer = await send({ [field]: value });
        expect([answer.status, answer.body.errors[0].path]).toEqual([400, field]);
      }
    },
  );

  it('400 for notes of more than 150 characters', async () => {
    expectPlatformError(await send({ transferNotes: 'n'.repeat(151) }), '400.001', [
      ['transferNotes', '422.139'],
    ]);
  });

  it.each(BAD_BODIES)('400 for %s', async (_name, raw) => {
    const answer = await world.send('POST', PATH, { headers: { ...headers, ...JSON_TYPE }, raw });
    expect([answer.status, answer.body.i18nKey]).toEqual([400, expect.stringMatching(/^400\./)]);
  });

  it('403 for a frozen account, and without the scope', async () => {
    const weak = await world.make.platformHeaders(customer.platformId, ['accounts:read', 'accounts:write']);
    expectPlatformError(await send({}, weak), '403.001');
    const admin = await world.make.adminHeaders();
    const act = (name: string): Promise<TestResponse> =>
      world.send('POST', `/admin/accounts/${from.name}/${name}`, {
        headers: admin,
        body: { reason: 'test' },
      });
    await act('freeze');
    expectPlatformError(await send(), '403.020');
    await act('unfreeze');
  });

  it('403 for a platform that is not verified', async () => {
    await world.dataSource.query(`UPDATE platforms SET status = 'suspended' WHERE id = $1`, [
      customer.platformId,
    ]);
    expectPlatformError(await send(), '403.017');
    // The balances are read with the platform's credentials.
    await world.dataSource.transaction(async (tx) => {
      await tx.query(`UPDATE platforms SET status = 'verified' WHERE id = $1`, [customer.platformId]);
      await announceStatus(tx, world.app.get(ChangeFeed));
    });
    await world.app.get(ChangeFeed).catchUp();
  });

  it('401 without credentials', async () => {
    expectPlatformError(await world.send('POST', PATH, { body: {} }), '401.001');
  });
});
