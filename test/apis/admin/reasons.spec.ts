import { REASON_PLACEHOLDER } from '../../../src/apis/admin/properties.js';
import { type AdminClient, anAdminClient, customerId, failed } from '../../support/admin.js';
import { sendLines } from '../../support/bulk.js';
import { Money } from '../../support/money.js';
import { createWorld, type World } from '../../support/world.js';

const REFUSAL = {
  path: 'reason',
  code: 'pattern',
  message: `replace the placeholder ${REASON_PLACEHOLDER} with your reason`,
};

describe('A placeholder in place of a reason', () => {
  let world: World;
  let admin: AdminClient;
  let money: Money;

  beforeAll(async () => {
    world = await createWorld();
    admin = await anAdminClient(world);
    money = new Money(world);
  });
  afterAll(() => world.close());

  it.each([REASON_PLACEHOLDER, `  ${REASON_PLACEHOLDER.toUpperCase()} `, '<because>'])(
    'is refused as a placeholder, and nothing is done or recorded: %j',
    async (reason) => {
      const customer = await world.make.aCustomer();
      const entries = await world.count('audit_entries');
      const answer = await admin.post(`/customers/${customerId(customer)}/suspend`, { reason });
      expect(failed(answer)).toEqual([400, 'validation_failed']);
      expect(answer.body.errors).toEqual([REFUSAL]);
      expect(await world.count('customers', `id = ${customer.id} AND status = 'active'`)).toBe(1);
      expect(await world.count('audit_entries')).toBe(entries);
    },
  );

  it.each(['limit <5', 'from <b>acme</b> by telephone', '> or <'])(
    'is not any text with angle brackets: %j',
    async (reason) => {
      const customer = await world.make.aCustomer();
      const answer = await admin.post(`/customers/${customerId(customer)}/suspend`, { reason });
      expect([answer.status, answer.body.status]).toEqual([200, 'suspended']);
    },
  );

  it('refuses only the line that has it', async () => {
    const from = await money.funded(100);
    const to = await money.account(from.customer);
    const line = { from: from.name, to: to.name, amount: 1 };
    const { verdicts } = await sendLines(world, '/transfers/bulk', {
      headers: admin.headers,
      lines: [
        { ...line, idempotencyKey: 'a', reason: REASON_PLACEHOLDER },
        { ...line, idempotencyKey: 'b', reason: 'January invoice' },
      ],
    });
    expect(verdicts.map(({ status }) => status)).toEqual(['refused', 'posted']);
    expect(verdicts[0]?.error).toMatchObject({ code: 'validation_failed', errors: [REFUSAL] });
  });
});
