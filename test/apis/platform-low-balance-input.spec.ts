import { BAD_BODIES, BAD_TEXT, JSON_TYPE, NOT_TEXT } from '../support/bad-input.js';
import type { KeyHeaders } from '../support/factories.js';
import { Money, type TestAccount } from '../support/money.js';
import { expectPlatformError } from '../support/platform-error.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

const NOBODY = '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10';

let world: World;
let money: Money;
let account: TestAccount;
let headers: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
  money = new Money(world);
});
afterAll(() => world.close());
beforeEach(async () => {
  account = await money.account();
  headers = await world.make.platformHeaders(account.platformId);
});

const valid = (with_: object = {}): object => ({
  balanceAlertDisplayName: 'Running low',
  balanceAlertThreshold: 250.5,
  balanceAlertNotification: [{ emailAddress: 'one@example.com' }, { emailAddress: 'two@example.com' }],
  ...with_,
});
const pathOf = (id = ''): string =>
  `/customers/${account.customer.identifier}/accounts/${account.identifier}/lowbalance${id === '' ? '' : `/${id}`}`;
const call = (method: string, id = '', body?: object, more: KeyHeaders = {}): Promise<TestResponse> =>
  world.send(method, pathOf(id), {
    headers: { ...headers, ...more },
    ...(body === undefined ? {} : { body }),
  });
const create = (with_: object = {}): Promise<TestResponse> => call('POST', '', valid(with_));
const createdId = async (with_: object = {}): Promise<string> => (await create(with_)).body.balanceAlertID;
const alerts = (): Promise<number> => world.count('low_balance_alerts', `account_id = ${account.id}`);

describe('A low-balance alert is refused with', () => {
  const refused = async (body: object, items: [path: string, i18nKey: string][]): Promise<void> => {
    expectPlatformError(await call('POST', '', body), '400.001', items);
    const id = await createdId();
    const change = Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
    expectPlatformError(await call('PATCH', id, change), '400.001', items);
    expect((await call('GET', id)).body).toMatchObject(valid());
    expect(await alerts()).toBe(1);
  };
  const NAME = 'balanceAlertDisplayName';
  const THRESHOLD = 'balanceAlertThreshold';
  const LIST = 'balanceAlertNotification';

  it('without its fields', async () => {
    const missing: [string, string][] = [NAME, THRESHOLD, LIST].map((name) => [name, '422.128']);
    expectPlatformError(await call('POST', '', {}), '400.001', missing);
    expectPlatformError(
      await call('POST', '', { [NAME]: null, [THRESHOLD]: null, [LIST]: null }),
      '400.001',
      missing,
    );
    expect(await alerts()).toBe(0);
  });

  it.each(NOT_TEXT.filter(([, value]) => value !== null))('%s for a name', async (_what, name) => {
    await refused(valid({ [NAME]: name }), [[NAME, '422.128']]);
  });

  it.each(BAD_TEXT.filter(([, text]) => text.length < 1_000))('%s in a name', async (_what, name) => {
    await refused(valid({ [NAME]: `alert ${name}` }), [[NAME, '422.111']]);
  });

  it.each([
    ['', '422.135'],
    ['   ', '422.135'],
    ['abcd', '422.126'],
    ['a'.repeat(101), '422.126'],
  ])('the name %j', async (name, key) => {
    await refused(valid({ [NAME]: name }), [[NAME, key]]);
  });

  it.each([
    ['0', '400.001'],
    ['-0', '400.001'],
    ['-1', '400.001'],
    ['-0.01', '400.001'],
    ['1e15', '400.001'],
    ['1000000000000000', '400.001'],
    ['9999999999999.991', '400.001'],
    ['10000000000000', '400.001'],
    ['1e400', '400.001'],
    ['0.001', '400.001'],
    ['1e-3', '400.001'],
    ['250.505', '400.001'],
    ['10.000000000000000001', '400.001'],
    ['0.30000000000000004441', '400.001'],
    ['"10"', '422.128'],
    ['"1e2"', '422.128'],
    ['""', '422.128'],
    ['true', '422.128'],
    ['[10]', '422.128'],
    ['{}', '422.128'],
  ])('the threshold %s', async (number, key) => {
    const raw = JSON.stringify(valid({ [THRESHOLD]: '?' })).replace('"?"', number);
    const id = await createdId({ [NAME]: 'The first one' });
    for (const [method, at] of [
      ['POST', pathOf()],
      ['PATCH', pathOf(id)],
    ] as const) {
      const answer = await world.send(method, at, { headers: { ...headers, ...JSON_TYPE }, raw });
      expectPlatformError(answer, '400.001', [[THRESHOLD, key]]);
    }
    expect((await call('GET')).body).toMatchObject([{ [THRESHOLD]: 250.5 }]);
  });

  it('a number that cannot be represented, which is returned as it was written', async () => {
    const raw = JSON.stringify(valid({ [THRESHOLD]: '?' })).replace('"?"', '10.000000000000000001');
    const { body } = await world.send('POST', pathOf(), { headers: { ...headers, ...JSON_TYPE }, raw });
    expect(body.errors).toMatchObject([
      {
        invalidValue: '10.000000000000000001',
        message: `${THRESHOLD} must have at most 15 significant digits`,
      },
    ]);
  });

  it.each([['NaN'], ['Infinity'], ['.5'], ['01'], ['0x10'], ['+1']])(
    '%s, which is no JSON',
    async (number) => {
      const raw = JSON.stringify(valid({ [THRESHOLD]: '?' })).replace('"?"', number);
      const answer = await world.send('POST', pathOf(), { headers: { ...headers, ...JSON_TYPE }, raw });
      expectPlatformError(answer, '400.009');
    },
  );

  it.each([
    ['0.01', 0.01],
    ['1e-2', 0.01],
    ['1E2', 100],
    ['10.50', 10.5],
    ['9999999999999.99', 9999999999999.99],
  ])('an exception: the threshold %s is accepted', async (number, threshold) => {
    const raw = JSON.stringify(valid({ [THRESHOLD]: '?' })).replace('"?"', number);
    const answer = await world.send('POST', pathOf(), { headers: { ...headers, ...JSON_TYPE }, raw });
    expect([answer.status, answer.body[THRESHOLD]]).toEqual([200, threshold]);
  });

  it.each<[what: string, list: unknown, path: string, key: string]>([
    ['no list', 'one@example.com', LIST, '422.128'],
    ['an object', { emailAddress: 'one@example.com' }, LIST, '422.128'],
    ['an empty list', [], LIST, '422.135'],
    ['a list of texts', ['one@example.com'], LIST, '422.128'],
    ['a list with null', [null], LIST, '422.128'],
    ['no address', [{}], `${LIST}[0].emailAddress`, '422.128'],
    ['a null address', [{ emailAddress: null }], `${LIST}[0].emailAddress`, '422.128'],
    ['an empty address', [{ emailAddress: '' }], `${LIST}[0].emailAddress`, '422.135'],
    ['nobody', [{ emailAddress: 'nobody' }], `${LIST}[0].emailAddress`, '422.134'],
    ['two in one', [{ emailAddress: 'a@b.example,c@d.example' }], `${LIST}[0].emailAddress`, '422.134'],
    ['a header', [{ emailAddress: 'a@b.example\r\nBcc: c@d.example' }], `${LIST}[0].emailAddress`, '422.111'],
    [
      'a long address',
      [{ emailAddress: `${'a'.repeat(99)}@b.example` }],
      `${LIST}[0].emailAddress`,
      '422.139',
    ],
    ['a double', [{ emailAddress: 'a@b.example' }, { emailAddress: 'A@B.example' }], LIST, '400.001'],
    ['101', Array.from({ length: 101 }, (_, n) => ({ emailAddress: `n${n}@b.example` })), LIST, '422.139'],
  ])('%s for its notifications', async (_what, list, path, key) => {
    await refused(valid({ [LIST]: list }), [[path, key]]);
  });

  it('an exception: 100 notifications are accepted', async () => {
    const list = Array.from({ length: 100 }, (_, n) => ({ emailAddress: `n${n}@b.example` }));
    expect((await create({ [LIST]: list })).body[LIST]).toEqual(list);
  });

  it.each(BAD_BODIES)('%s for a body', async (_what, raw) => {
    for (const [method, id] of [
      ['POST', ''],
      ['PATCH', NOBODY],
    ] as const) {
      const answer = await world.send(method, pathOf(id), { headers: { ...headers, ...JSON_TYPE }, raw });
      expectPlatformError(answer, '400.009');
    }
  });

  it('a body that is not JSON, and an Accept header without JSON', async () => {
    const text = { ...headers, 'content-type': 'text/plain' };
    expectPlatformError(await world.send('POST', pathOf(), { headers: text, raw: '{}' }), '415.001');
    expectPlatformError(await call('GET', '', undefined, { accept: 'text/html' }), '406.001');
    expectPlatformError(await call('PUT'), '405.002');
  });
});
