import { type ContractCheck, defining, Skipped } from '../check.js';
import { isObject, type JsonObject } from '../exact-json.js';
import { listOf } from '../form.js';
import { ACCOUNT, BALANCES, PRODUCT } from './workspace-forms.js';
import { ACCOUNTS, PRODUCTS, toHeaders, type WorkspaceSession } from './workspace-session.js';

const AT_ONCE = 8;
const KEPT = ['id', 'code', 'name', 'alias', 'status', 'type', 'createdAt'] as const;
const contract = defining<WorkspaceSession>('workspace', 'contract');
const destructive = defining<WorkspaceSession>('workspace', 'contract', true);

export const WORKSPACE_OPENING: readonly ContractCheck<WorkspaceSession>[] = [
  contract('products-200', 'The products are a bare array, and need no Workspace-ID.', async (session) => {
    const { authorization = '' } = toHeaders(session.parties.main);
    const answer = await session.sendFor(200, 'GET', PRODUCTS, { as: { authorization } });
    session.expectForm(answer, listOf(PRODUCT));
  }),
  contract(
    'open-account-200',
    'Opening an account of a product answers 200 with the account, its balances, currency and product.',
    async (session) => {
      const { answer, json, productId, alias } = await session.opened();
      session.expectForm(answer, ACCOUNT);
      const { product, currency } = json.edges as { product: JsonObject; currency: JsonObject };
      session.expectSame(answer, 'alias', json.alias, alias);
      session.expectSame(answer, 'status', json.status, 'enabled');
      if (JSON.stringify(product.id) !== String(productId))
        session.fail(answer, `product ${productId}`, JSON.stringify(product.id));
      session.expectSame(
        answer,
        'currency',
        currency.code,
        (product.edges as { currency: JsonObject }).currency.code,
      );
    },
  ),
  contract(
    'amounts-are-integers',
    'Balances are integers of the currency’s smallest unit.',
    async (session) => {
      const { answer } = await session.listed();
      session.expectForm(
        answer,
        listOf((item, place) => BALANCES(balancesOf(item), `${place}.edges.balances`)),
      );
    },
  ),
  contract('new-account-has-a-balance', 'A new account has one balance, and it is 0.', async (session) => {
    const { answer, json } = await session.opened();
    const balances = balancesOf(json);
    const amounts = Array.isArray(balances) ? balances.map((one) => (isObject(one) ? one.amount : null)) : [];
    if (JSON.stringify(amounts) !== '[0]')
      session.fail(answer, 'one balance of 0', balances === undefined ? 'none' : JSON.stringify(balances));
  }),
  contract(
    'duplicate-400',
    'A workspace has one account per product and alias: a second opening answers 400.',
    async (session) => {
      const { alias } = await session.opened();
      await session.sendFor(400, ...(await session.opening(alias)));
    },
  ),
  contract(
    'race-one-wins',
    `Of ${AT_ONCE} openings alike at once exactly one succeeds; the others answer 400.`,
    race,
  ),
  contract(
    'kyc-not-completed-400',
    'A holder who has not completed KYC is refused with 400.',
    async (session) => {
      const request = await session.opening(session.alias('pending'), { as: toHeaders(session.pending()) });
      await session.sendFor(400, ...request);
    },
  ),
  contract('list-200', 'The list of accounts answers 200 with a bare array of accounts.', async (session) => {
    session.expectForm((await session.listed()).answer, listOf(ACCOUNT));
  }),
  contract('list-shows-opened', 'The list shows what was opened, as it was answered.', async (session) => {
    const opened = await session.opened();
    const { answer, items } = await session.listed();
    const id = JSON.stringify(opened.json.id);
    const listed =
      items.find((item) => JSON.stringify(item.id) === id) ??
      session.fail(answer, `the account ${id}`, answer.text);
    for (const field of KEPT) session.expectSame(answer, field, listed[field], opened.json[field]);
  }),
  contract(
    'no-alias-is-one-alias-400',
    'No alias counts as an alias: a second account without one answers 400.',
    async (session) => {
      const productID = await session.productId();
      const { items } = await session.listed();
      const isThere = items.some(
        ({ alias, edges }) => alias === '' && productIdOf(edges) === String(productID),
      );
      if (!isThere && !session.context.isDestructive)
        throw new Skipped(
          'needs an account without alias; --destructive opens one, which no name shows to be of a check',
        );
      if (!isThere) await session.sendFor(200, 'POST', ACCOUNTS, { body: { productID } });
      await session.sendFor(400, 'POST', ACCOUNTS, { body: { productID } });
    },
  ),
  destructive('alias-of-100-characters-200', 'An alias may have 100 characters.', async (session) => {
    const alias = session.alias('').padEnd(100, 'ö');
    const answer = await session.sendFor(200, ...(await session.opening(alias)));
    session.expectSame(answer, 'alias', (answer.json as JsonObject).alias, alias);
  }),
];

async function race(session: WorkspaceSession): Promise<void> {
  const alias = session.alias('race');
  const request = await session.opening(alias);
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => session.send(...request)));
  const statuses = answers.map(({ status }) => status).sort((one, other) => one - other);
  const expected = [200, ...Array.from({ length: AT_ONCE - 1 }, () => 400)];
  if (answers[0] !== undefined && statuses.join() !== expected.join())
    session.fail(answers[0], expected.join(), statuses.join());
  const { answer, items } = await session.listed();
  const there = items.filter((item) => item.alias === alias).length;
  if (there !== 1) session.fail(answer, `one account with alias ${alias}`, String(there));
}

function balancesOf(account: unknown): JsonObject[string] | undefined {
  const { edges } = account as { edges?: JsonObject };
  return edges?.balances;
}

function productIdOf(edges: JsonObject[string] | undefined): string {
  const product = isObject(edges) ? edges.product : undefined;
  return isObject(product) ? JSON.stringify(product.id) : 'none';
}
