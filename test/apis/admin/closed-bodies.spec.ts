import { type AdminClient, anAdminClient, failed, fieldsOf } from '../../support/admin.js';
import { Money } from '../../support/money.js';
import { createWorld, type World } from '../../support/world.js';

describe('An unknown field in a request of the admin API', () => {
  let world: World;
  let admin: AdminClient;
  let money: Money;

  beforeAll(async () => {
    world = await createWorld();
    admin = await anAdminClient(world);
    money = new Money(world);
  });
  afterAll(() => world.close());

  it('is refused by its name, and nothing is written', async () => {
    const account = await money.account();
    const answer = await admin.post('/deposits', { account: account.name, amount: 1, refrence: 'order-1' });
    expect(failed(answer)).toEqual([400, 'validation_failed']);
    expect(answer.body.errors).toEqual([
      { path: 'refrence', code: 'unknown', message: 'is not a field of this request' },
    ]);
    expect(await world.count('transfers')).toBe(0);
  });

  it('is reported with its path in an object of a list', async () => {
    const { name } = await money.account();
    const leg = { from: name, to: name, amount: 1 };
    const answer = await admin.post('/journals', { transfers: [leg, { ...leg, ammount: 2 }] });
    expect(fieldsOf(answer)).toEqual(['transfers[1].ammount']);
  });

  it('may have any name within metadata', async () => {
    const account = await money.account();
    const body = { account: account.name, amount: 1, metadata: { refrence: 'order-1' } };
    expect((await admin.post('/deposits', body)).status).toBe(201);
  });
});
