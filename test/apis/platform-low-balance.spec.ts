import type { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { Money, type TestAccount } from '../support/money.js';
import { expectPlatformError, TIME } from '../support/platform-error.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

const UUID: unknown = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
const NOBODY = '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10';

let world: World;
let money: Money;
let customer: Customer;
let account: TestAccount;
let headers: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  account = await money.account();
  ({ customer } = account);
  headers = await world.make.platformHeaders(customer.platformId);
});

const valid = (with_: object = {}): object => ({
  balanceAlertDisplayName: 'Running low',
  balanceAlertThreshold: 250.5,
  balanceAlertNotification: [{ emailAddress: 'one@example.com' }, { emailAddress: 'two@example.com' }],
  ...with_,
});
const pathOf = (id = '', of = account, base = ''): string =>
  `${base}/customers/${of.customer.identifier}/accounts/${of.identifier}/lowbalance${id === '' ? '' : `/${id}`}`;
const call = (method: string, id = '', body?: object, more: KeyHeaders = {}): Promise<TestResponse> =>
  world.send(method, pathOf(id), {
    headers: { ...headers, ...more },
    ...(body === undefined ? {} : { body }),
  });
const create = (with_: object = {}, more: KeyHeaders = {}): Promise<TestResponse> =>
  call('POST', '', valid(with_), more);
const createdId = async (with_: object = {}): Promise<string> => (await create(with_)).body.balanceAlertID;
const alerts = (): Promise<number> => world.count('low_balance_alerts', `account_id = ${account.id}`);
const trail = (): Promise<{ action: string }[]> =>
  world.dataSource.query(
    `SELECT action, actor_kind AS "actorKind", state_before AS before, state_after AS after FROM audit_entries
     WHERE object_id = $1 AND action LIKE 'account.alert%' ORDER BY id`,
    [account.name],
  );

describe.each(['', '/raas/v2'])('Low-balance alerts below "%s"', (base) => {
  const send = (method: string, id = '', body?: object): Promise<TestResponse> =>
    world.send(method, pathOf(id, account, base), { headers, ...(body === undefined ? {} : { body }) });

  it('are created, listed, read, changed and deleted, and every response has every field', async () => {
    const created = await send('POST', '', valid({ balanceAlertDisplayName: '  Running low ' }));
    const alert = {
      balanceAlertID: UUID,
      balanceAlertDisplayName: 'Running low',
      balanceAlertThreshold: 250.5,
      balanceAlertNotification: [{ emailAddress: 'one@example.com' }, { emailAddress: 'two@example.com' }],
      customerIdentifier: customer.identifier,
      accountIdentifier: account.identifier,
      createdAt: TIME,
    };
    expect([created.status, created.body]).toEqual([200, alert]);
    const id = created.body.balanceAlertID as string;
    const listed = await send('GET');
    expect([listed.status, listed.body]).toEqual([200, [created.body]]);
    const got = await send('GET', id);
    expect([got.status, got.body]).toEqual([200, created.body]);
    const changed = await send('PATCH', id, { balanceAlertThreshold: 10 });
    expect([changed.status, changed.body]).toEqual([200, { ...created.body, balanceAlertThreshold: 10 }]);
    const deleted = await send('DELETE', id);
    expect([deleted.status, deleted.body]).toEqual([200, changed.body]);
    expect((await send('GET')).body).toEqual([]);
    for (const method of ['GET', 'DELETE']) expectPlatformError(await send(method, id), '404.003');
  });
});

describe('A low-balance alert', () => {
  it('is found in any case of the account identifier and the id', async () => {
    const id = await createdId();
    const path = pathOf(id.toUpperCase()).replace(account.identifier, account.identifier.toUpperCase());
    expect((await world.send('GET', path, { headers })).body.balanceAlertID).toBe(id);
  });

  it('keeps the fields that a change does not name, and replaces the list as a whole', async () => {
    const id = await createdId();
    const nulls = {
      balanceAlertDisplayName: null,
      balanceAlertThreshold: null,
      balanceAlertNotification: null,
    };
    for (const nothing of [{}, nulls])
      expect((await call('PATCH', id, nothing)).body).toMatchObject({ ...valid(), balanceAlertID: id });
    const list = { balanceAlertNotification: [{ emailAddress: 'three@example.com' }] };
    expect((await call('PATCH', id, list)).body).toMatchObject({ ...valid(), ...list });
    expect((await call('PATCH', id, { balanceAlertDisplayName: ' Another name ' })).body).toMatchObject({
      ...valid(list),
      balanceAlertDisplayName: 'Another name',
    });
    expect((await call('GET', id)).body).toMatchObject(
      valid({ ...list, balanceAlertDisplayName: 'Another name' }),
    );
  });

  it('has a name that is unique on the account, also with concurrent requests', async () => {
    const both = await Promise.all([create(), create()]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expectPlatformError(await create(), '409.011');
    const other = await createdId({ balanceAlertDisplayName: 'Another name' });
    expectPlatformError(await call('PATCH', other, { balanceAlertDisplayName: 'Running low' }), '409.011');
    expect((await call('PATCH', other, { balanceAlertDisplayName: 'Another name' })).status).toBe(200);
    const neighbour = await money.account(customer);
    expect((await world.send('POST', pathOf('', neighbour), { headers, body: valid() })).status).toBe(200);
  });

  it('is on the audit trail of its account, with its changes', async () => {
    const id = await createdId();
    await call('PATCH', id, {});
    await call('PATCH', id, { balanceAlertThreshold: 7 });
    await call('DELETE', id);
    const emails = ['one@example.com', 'two@example.com'];
    const asMade = { alert: id, displayName: 'Running low', thresholdMinor: '25050', emails };
    expect(await trail()).toEqual([
      { action: 'account.alert_created', actorKind: 'platform', before: null, after: asMade },
      {
        action: 'account.alert_amended',
        actorKind: 'platform',
        before: { alert: id, thresholdMinor: '25050' },
        after: { alert: id, thresholdMinor: '700' },
      },
      {
        action: 'account.alert_deleted',
        actorKind: 'platform',
        after: null,
        before: { ...asMade, thresholdMinor: '700' },
      },
    ]);
  });

  it('is created once under one Idempotency-Key, by either path', async () => {
    const key = { 'idempotency-key': 'alert-1' };
    const first = await create({}, key);
    const again = await world.send('POST', pathOf('', account, '/raas/v2'), {
      headers: { ...headers, ...key },
      body: valid(),
    });
    expect([again.status, again.text, again.headers['idempotent-replayed']]).toEqual([
      200,
      first.text,
      'true',
    ]);
    expectPlatformError(await create({ balanceAlertThreshold: 1 }, key), '409.001');
    expect([await alerts(), (await trail()).length]).toEqual([1, 1]);
  });

  it('is limited to 20 per account, also with concurrent requests', async () => {
    const asked = Array.from({ length: 24 }, (_, n) => create({ balanceAlertDisplayName: `Alert ${n}` }));
    const answers = await Promise.all(asked);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(20);
    for (const answer of answers.filter(({ status }) => status !== 200))
      expectPlatformError(answer, '400.001', [['accountIdentifier', '400.001']]);
    expect(await alerts()).toBe(20);
  });

  it('of a closed account can only be read and deleted', async () => {
    const id = await createdId();
    await world.dataSource.query(`UPDATE accounts SET status = 'closed' WHERE id = $1`, [account.id]);
    expectPlatformError(await create({ balanceAlertDisplayName: 'Another name' }), '409.001');
    expectPlatformError(await call('PATCH', id, { balanceAlertThreshold: 1 }), '409.001');
    expect((await call('GET')).body).toHaveLength(1);
    expect((await call('DELETE', id)).status).toBe(200);
  });
});

describe('Authentication of low-balance alerts', () => {
  const METHODS: [method: string, isOne: boolean][] = [
    ['GET', false],
    ['POST', false],
    ['GET', true],
    ['PATCH', true],
    ['DELETE', true],
  ];
  const bodyOf = (method: string): { body?: object } =>
    ['POST', 'PATCH'].includes(method) ? { body: valid({ balanceAlertDisplayName: 'Another name' }) } : {};

  it.each(METHODS)('by %s (one: %s) needs credentials, and the scope', async (method, isOne) => {
    const path = pathOf(isOne ? await createdId() : '');
    expectPlatformError(await world.send(method, path, bodyOf(method)), '401.001');
    const scope = method === 'GET' ? 'accounts:write' : 'accounts:read';
    const weak = await world.make.platformHeaders(customer.platformId, [scope]);
    expectPlatformError(await world.send(method, path, { headers: weak, ...bodyOf(method) }), '403.001');
  });

  it.each(METHODS)(
    'by %s (one: %s) finds only what is of that account, customer and platform',
    async (method, isOne) => {
      const id = isOne ? await createdId() : '';
      const before = await call('GET');
      const path = pathOf(id);
      const ask = (at: string, as = headers): Promise<TestResponse> =>
        world.send(method, at, { headers: as, ...bodyOf(method) });
      const stranger = await world.make.platformHeaders((await world.make.aPlatform()).id);
      expectPlatformError(await ask(path, stranger), '404.002');
      expectPlatformError(await ask(path.replace(customer.identifier, 'nobody-at-all')), '404.002');
      expectPlatformError(await ask(path.replace(account.identifier, 'no-such-account')), '404.003');
      expectPlatformError(await ask(path.replace(account.identifier, 'abc')), '404.003');
      const neighbour = await world.make.aCustomer({ platformId: customer.platformId });
      expectPlatformError(await ask(path.replace(customer.identifier, neighbour.identifier)), '404.003');
      const sibling = isOne ? await money.account(customer) : null;
      const absent = [
        ...(sibling === null ? [] : [path.replace(account.identifier, sibling.identifier)]),
        ...(isOne ? [pathOf(NOBODY), pathOf('not-a-uuid'), pathOf(`${id}0`)] : []),
      ];
      for (const at of absent) expectPlatformError(await ask(at), '404.003');
      expect((await call('GET')).text).toBe(before.text);
    },
  );
});
