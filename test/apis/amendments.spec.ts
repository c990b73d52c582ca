import type { Customer } from '../../src/entities/customer.entity.js';
import { NOT_TEXT } from '../support/bad-input.js';
import type { KeyHeaders } from '../support/factories.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

let world: World;

beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('A change of a platform account', () => {
  let customer: Customer;
  let headers: KeyHeaders;
  const ACCOUNT = {
    accountIdentifier: 'the-account',
    displayName: 'Before it',
    contactEmail: 'before@example.com',
    fundingNotification: [{ emailAddress: 'one@example.com' }, { emailAddress: 'two@example.com' }],
  };

  beforeEach(async () => {
    customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    headers = await world.make.platformHeaders(customer.platformId);
    await world.send('POST', `/customers/${customer.identifier}/accounts`, { headers, body: ACCOUNT });
  });

  const amend = (body: object, name = 'the-account', base = '', of = headers): Promise<TestResponse> =>
    world.send('PATCH', `${base}/customers/${customer.identifier}/accounts/${name}`, { headers: of, body });

  it('changes the fields it names and keeps the rest', async () => {
    const { status, body } = await amend({ displayName: ' After it ' });
    expect([status, body.displayName, body.contactEmail]).toEqual([200, 'After it', 'before@example.com']);
    expect(body.fundingNotification).toHaveLength(2);
    expect(
      (await amend({ contactEmail: 'after@example.com' }, 'THE-ACCOUNT', '/raas/v2')).body,
    ).toMatchObject({
      displayName: 'After it',
      contactEmail: 'after@example.com',
    });
    const shown = await world.send('GET', '/raas/v2/accounts/the-account', { headers });
    expect(shown.body).toMatchObject({ displayName: 'After it', contactEmail: 'after@example.com' });
    expect(
      await world.count(
        'audit_entries',
        `action = 'account.amended' AND platform_id = ${customer.platformId}`,
      ),
    ).toBe(2);
  });

  it('replaces the list, clears it with an empty one, and keeps it with null', async () => {
    const replaced = await amend({ fundingNotification: [{ emailAddress: 'three@example.com' }] });
    expect(replaced.body.fundingNotification).toEqual([{ emailAddress: 'three@example.com' }]);
    expect((await amend({ fundingNotification: null, displayName: null })).body).toMatchObject({
      displayName: 'Before it',
      fundingNotification: [{ emailAddress: 'three@example.com' }],
    });
    expect((await amend({ fundingNotification: [] })).body.fundingNotification).toEqual([]);
    expect((await amend({})).status).toBe(200);
  });

  it.each([
    ['a short name', { displayName: 'abcd' }],
    ['an emoji', { displayName: 'After 😀 it' }],
    ['no address', { contactEmail: 'nobody' }],
    [
      'a double address',
      { fundingNotification: [{ emailAddress: 'a@b.example' }, { emailAddress: 'A@b.example' }] },
    ],
    ['a list for a name', { displayName: ['After it'] }],
  ])('is refused with %s', async (_what, body) => {
    const answer = await amend(body);
    expect([answer.status, answer.body.i18nKey]).toEqual([400, '400.001']);
    expect((await world.send('GET', '/raas/v2/accounts/the-account', { headers })).body.displayName).toBe(
      'Before it',
    );
  });

  it('is not found for another customer, another platform and another account', async () => {
    expect((await amend({ displayName: 'After it' }, 'another-one')).body.i18nKey).toBe('404.003');
    expect((await amend({ displayName: 'After it' }, 'abc')).status).toBe(404);
    const stranger = await world.make.platformHeaders((await world.make.aPlatform()).id);
    expect((await amend({ displayName: 'After it' }, 'the-account', '', stranger)).body.i18nKey).toBe(
      '404.002',
    );
    const neighbour = await world.make.aCustomer({ platformId: customer.platformId });
    const path = `/customers/${neighbour.identifier}/accounts/the-account`;
    expect((await world.send('PATCH', path, { headers, body: { displayName: 'After it' } })).status).toBe(
      404,
    );
  });
});

describe('A workspace account', () => {
  let customer: Customer;
  let headers: KeyHeaders;

  beforeEach(async () => {
    customer = await world.make.aCustomer({ countryOfResidence: 'US' });
    headers = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
  });

  const open = async (alias: string): Promise<number> =>
    (await world.send('POST', '/accounts', { headers, body: { productID: 7, alias } })).body.id;
  const rename = (id: number | string, alias: unknown, of = headers) =>
    world.send('PATCH', `/accounts/${id}`, { headers: of, body: { alias } });
  const close = (id: number | string, of = headers) =>
    world.send('DELETE', `/accounts/${id}`, { headers: of });

  it('is renamed, and its old alias is free again', async () => {
    const id = await open('one');
    expect((await rename(id, ' two ')).body).toMatchObject({ id, alias: 'two' });
    expect(await open('one')).not.toBe(id);
    expect((await rename(id, '')).body.alias).toBe('');
  });

  it('is not renamed to the alias of another', async () => {
    const id = await open('one');
    await open('two');
    const { status, body } = await rename(id, 'two');
    expect([status, body.errorCode]).toEqual([400, 'account_already_exists']);
    expect((await world.send('GET', `/accounts/${id}`, { headers })).body.alias).toBe('one');
  });

  it.each([...NOT_TEXT, ['an emoji', 'a 😀'], ['too much', 'a'.repeat(101)]])(
    'is not renamed to %s',
    async (_what, alias) => {
      expect((await rename(await open('one'), alias)).body.errorCode).toBe('invalid_request');
    },
  );

  it('is closed and then not found; its alias is free again', async () => {
    const id = await open('one');
    const { status, body } = await close(id);
    expect([status, body.id, body.status]).toEqual([200, id, 'disabled']);
    expect((await world.send('GET', '/accounts', { headers })).body).toEqual([]);
    for (const answer of [
      await close(id),
      await rename(id, 'two'),
      await world.send('GET', `/accounts/${id}`, { headers }),
    ])
      expect(answer.status).toBe(404);
    expect(await open('one')).not.toBe(id);
  });

  it('with money in it is not closed', async () => {
    const id = await open('one');
    await world.dataSource.query('UPDATE balances SET posted_minor = 1 WHERE account_id = $1', [id]);
    expect((await close(id)).status).toBe(400);
    expect((await world.send('GET', `/accounts/${id}`, { headers })).body.status).toBe('enabled');
  });

  it('cannot be renamed or closed by another caller', async () => {
    const id = await open('one');
    const neighbour = await world.make.aCustomer({ platformId: customer.platformId });
    const stranger = await world.make.aCustomer();
    for (const other of [neighbour, stranger]) {
      const of = await world.make.workspaceHeaders(await world.make.aWorkspace(other));
      expect([(await rename(id, 'mine', of)).status, (await close(id, of)).status]).toEqual([404, 404]);
    }
    expect((await close('abc')).status).toBe(404);
  });
});
