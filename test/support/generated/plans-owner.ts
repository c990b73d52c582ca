import type { Customer } from '../../../src/entities/customer.entity.js';
import { type Filled, oneOf, type Plans } from './plan.js';
import type { Seeds } from './seeds.js';

/** Enabled in the US. */
const CURRENCIES = ['AUD', 'CAD', 'EUR', 'GBP', 'JPY', 'usd'];
const NARROWER = { scopes: undefined, allowedCurrencies: null, allowedNetworks: null, expiresAt: null };

const asOwner = async (seeds: Seeds, customer: Customer): Promise<Filled> => ({
  headers: await seeds.world.make.ownerHeaders(customer),
});

/** The owner's account in US dollars, opened if it does not exist. */
async function anOwnersAccount(seeds: Seeds): Promise<Filled> {
  const headers = await seeds.world.make.ownerHeaders(seeds.customer);
  const path = '/api/v1/accounts';
  await seeds.world.send('POST', path, { headers, body: { currency: 'USD' } });
  const { body } = await seeds.world.send('GET', `${path}/currency/USD`, { headers });
  return { headers, parameters: { accountId: body.id, currency: 'USD' } };
}

async function aTransaction(seeds: Seeds, kind: 'deposits' | 'withdrawals'): Promise<Filled> {
  const { headers = {}, parameters = {} } = await anOwnersAccount(seeds);
  const found = await seeds.world.dataSource.query(
    'SELECT platform_id, id FROM accounts WHERE public_id = $1',
    [parameters.accountId],
  );
  const account = { platformId: found[0].platform_id, id: found[0].id };
  await seeds.money.deposit(account, 2);
  await seeds.money.withdraw(account, 1);
  const { body } = await seeds.world.send('GET', `/api/v1/${kind}`, { headers });
  return { headers, parameters: { transactionId: body[0].transactionId } };
}

const aKey = async (seeds: Seeds): Promise<Filled> => ({ parameters: { keyId: await seeds.anApiKey() } });
const noCursor = { fill: () => ({ parameters: { before: undefined } }) };

export const OWNER_PLANS: Plans = {
  // An owner has one account per currency, so each request comes from another owner.
  openAccount: {
    fill: async (seeds, made) => ({
      ...(await asOwner(seeds, await seeds.aCustomer())),
      body: { currency: oneOf(made, CURRENCIES) },
    }),
  },
  getAccount: { fill: anOwnersAccount },
  getAccountInCurrency: { fill: anOwnersAccount },
  listDeposits: noCursor,
  listWithdrawals: noCursor,
  getDeposit: { fill: (seeds) => aTransaction(seeds, 'deposits') },
  getWithdrawal: { fill: (seeds) => aTransaction(seeds, 'withdrawals') },
  // A key cannot grant more than it has itself, and an owner has a limited number of keys.
  issueApiKey: {
    fill: async (seeds) => ({ ...(await asOwner(seeds, await seeds.aCustomer())), body: NARROWER }),
  },
  rotateApiKey: { fill: aKey },
  revokeApiKey: { fill: aKey },
};
