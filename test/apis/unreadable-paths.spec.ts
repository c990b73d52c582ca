import { createWorld, type World } from '../support/world.js';

describe('A path with an impossible identifier', () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.close());

  const IDS = [
    '%00',
    'a%00bcdef',
    '%F0%9F%98%80%F0%9F%98%80',
    '9'.repeat(40),
    'a'.repeat(101),
    "'%20OR%201=1",
    '..%2f..',
  ];

  it.each(IDS)('%s is refused like one that is unknown, in every API', async (id) => {
    const customer = await world.make.aCustomer();
    const owner = await world.make.ownerHeaders(customer);
    const workspace = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
    const platform = await world.make.platformHeaders(customer.platformId);
    const calls: [path: string, headers: Record<string, string>][] = [
      [`/api/v1/accounts/${id}`, owner],
      [`/api/v1/accounts/currency/${id}`, owner],
      [`/accounts/${id}`, workspace],
      [`/customers/${id}`, platform],
      [`/customers/${id}/accounts`, platform],
      [`/raas/v2/accounts/${id}`, platform],
    ];
    for (const [path, headers] of calls) {
      expect({ path, status: (await world.send('GET', path, { headers })).status }).toEqual({
        path,
        status: 404,
      });
    }
    const account = {
      accountIdentifier: 'some-account',
      displayName: 'Some account',
      contactEmail: 'a@b.example',
    };
    const opening = await world.send('POST', `/customers/${id}/accounts`, {
      headers: platform,
      body: account,
    });
    expect(opening.status).toBe(403);
    expect(await world.count('accounts')).toBe(0);
  });

  it('that cannot be decoded is refused in the shape of the API of its prefix', async () => {
    const answer = await world.send('GET', '/customers/%zz');
    expect(answer.status).toBe(404);
    expect(answer.body).toMatchObject({ httpCode: 404, i18nKey: '404.024' });
  });
});
