import { type ContractCheck, defining } from '../check.js';
import { isObject, type Json, type JsonObject } from '../exact-json.js';
import { listOf } from '../form.js';
import type { HttpResponse } from '../http-client.js';
import { ACCOUNT, CUSTOMER, CUSTOMER_WITH_ACCOUNTS, PAGE } from './platform-forms.js';
import { accountsOf, BASE, CUSTOMERS, type PlatformSession } from './platform-session.js';

const KEPT = [
  'accountIdentifier',
  'accountNumber',
  'displayName',
  'currencyCode',
  'createdAt',
  'status',
] as const;
/** More accounts than any run opens. */
const MAX_PAGES = 20;

interface Page {
  items: { accountIdentifier: string }[];
  nextCursor: string | null;
  prevCursor: string | null;
  nextPageAvailable: boolean;
}

const contract = defining<PlatformSession>('platform', 'contract');

export const PLATFORM_READING: readonly ContractCheck<PlatformSession>[] = [
  contract('create-customer-201', 'Creating a customer answers 201 with the customer.', async (session) => {
    const { answer, identifier, displayName } = await session.createdCustomer();
    session.expectForm(answer, CUSTOMER);
    const json = answer.json as JsonObject;
    session.expectSame(answer, 'customerIdentifier', json.customerIdentifier, identifier);
    session.expectSame(answer, 'displayName', json.displayName, displayName);
  }),
  contract(
    'customer-identifier-taken-409',
    'A customer’s identifier is unique on the platform.',
    async (session) => {
      const { identifier: customerIdentifier } = await session.createdCustomer();
      const body = { customerIdentifier, displayName: `Another ${session.context.mark}` };
      await session.sendFor(409, 'POST', CUSTOMERS, { body });
    },
  ),
  contract(
    'customer-name-taken-409',
    'A customer’s display name is unique on the platform.',
    async (session) => {
      const { displayName } = await session.createdCustomer();
      const body = { customerIdentifier: session.identifier('name-taken'), displayName };
      await session.sendFor(409, 'POST', CUSTOMERS, { body });
    },
  ),
  contract(
    'customer-malformed-400',
    'A customer without identifier or display name, or with malformed ones, answers 400.',
    async (session) => {
      const good = {
        customerIdentifier: session.identifier('bad'),
        displayName: `Bad ${session.context.mark}`,
      };
      const bad = [{ displayName: undefined }, { displayName: 'four' }, { displayName: 'Party 🎉' }];
      for (const members of [...bad, { customerIdentifier: undefined }, { customerIdentifier: 'four' }])
        await session.sendFor(400, 'POST', CUSTOMERS, { body: { ...good, ...members } });
    },
  ),
  contract('list-customers-200', 'Customers are a bare array, each with its accounts.', async (session) => {
    const { identifier } = await session.createdCustomer();
    const answer = await session.sendFor(200, 'GET', CUSTOMERS);
    session.expectForm(answer, listOf(CUSTOMER_WITH_ACCOUNTS));
    const items = (answer.json as Json[]).filter(isObject);
    if (!items.some(({ customerIdentifier }) => customerIdentifier === identifier))
      session.fail(answer, `the customer ${identifier}`, answer.text);
  }),
  contract(
    'get-customer-200',
    'A customer is found by its identifier, with its accounts.',
    async (session) => {
      const { identifier } = await session.opened();
      const answer = await session.sendFor(200, 'GET', `${CUSTOMERS}/${await session.customer()}`);
      session.expectForm(answer, CUSTOMER_WITH_ACCOUNTS);
      const { accounts } = answer.json as { accounts: JsonObject[] };
      if (!accounts.some(({ accountIdentifier }) => accountIdentifier === identifier))
        session.fail(answer, `the account ${identifier}`, answer.text);
    },
  ),
  contract(
    'get-unknown-customer-404',
    'A customer that is not the platform’s answers 404.',
    async (session) => {
      await session.sendFor(404, 'GET', `${CUSTOMERS}/${session.identifier('nobody')}`);
      await session.sendFor(404, 'GET', accountsOf(session.identifier('nobody')));
    },
  ),
  contract(
    'list-accounts-200',
    'The accounts of a customer are a bare array, and hold what was opened.',
    async (session) => {
      await expectListed(session, await session.sendFor(200, 'GET', accountsOf(await session.customer())));
    },
  ),
  contract(
    'list-all-accounts-200',
    'The accounts of the platform are found by their display name.',
    async (session) => {
      const { json } = await session.opened();
      const query = new URLSearchParams({ displayName: json.displayName as string }).toString();
      const answer = await session.sendFor(200, 'GET', `${BASE}/accounts?${query}`);
      await expectListed(session, answer);
      const found = (answer.json as Json[]).length;
      if (found !== 1) session.fail(answer, 'one account of this name', String(found));
    },
  ),
  contract('get-account-200', 'An account is found by its identifier, as it was opened.', async (session) => {
    const { identifier, json } = await session.opened();
    const answer = await session.sendFor(200, 'GET', `${BASE}/accounts/${identifier}`);
    session.expectForm(answer, ACCOUNT);
    expectAlike(session, answer, answer.json as JsonObject, json);
  }),
  contract(
    'get-unknown-account-404',
    'An account that is not the platform’s answers 404.',
    async (session) => {
      await session.sendFor(404, 'GET', `${BASE}/accounts/${session.identifier('nobody')}`);
    },
  ),
  contract(
    'pages',
    'With paginate=true a list comes in pages that neither repeat nor skip.',
    async (session) => {
      const expected = [(await session.opened()).identifier, (await session.second()).identifier];
      await expectPages(session, expected);
    },
  ),
  contract('page-size-refused-400', 'maxResults is 1 to 200.', async (session) => {
    for (const size of ['0', '201', 'x'])
      await session.sendFor(
        400,
        'GET',
        `${accountsOf(await session.customer())}?paginate=true&maxResults=${size}`,
      );
  }),
  contract(
    'amounts-are-exact',
    'Balances are JSON numbers of major units, exact: no more decimals than the currency has.',
    async (session) => {
      const answer = await session.sendFor(200, 'GET', accountsOf(await session.customer()));
      session.expectForm(answer, listOf(ACCOUNT));
    },
  ),
];

async function expectListed(session: PlatformSession, answer: HttpResponse): Promise<void> {
  session.expectForm(answer, listOf(ACCOUNT));
  const { identifier, json } = await session.opened();
  const found = (answer.json as JsonObject[]).find((item) => item.accountIdentifier === identifier);
  if (found === undefined) session.fail(answer, `the account ${identifier}`, answer.text);
  expectAlike(session, answer, found, json);
}

function expectAlike(
  session: PlatformSession,
  answer: HttpResponse,
  found: JsonObject,
  expected: JsonObject,
): void {
  for (const field of KEPT) session.expectSame(answer, field, found[field], expected[field]);
}

/** Pages through the accounts of this run, one per page, and back to the first page. */
async function expectPages(session: PlatformSession, expected: readonly string[]): Promise<void> {
  const query = { paginate: 'true', maxResults: '1', contactEmail: session.contactEmail };
  const seen: string[] = [];
  let cursor: string | null = null;
  for (let pages = 0; pages < MAX_PAGES && (cursor !== null || pages === 0); pages++) {
    const answer: HttpResponse = await page(session, { ...query, ...(cursor === null ? {} : { cursor }) });
    const { items, nextCursor, prevCursor, nextPageAvailable } = answer.json as unknown as Page;
    session.expectSame(answer, 'nextPageAvailable', nextPageAvailable, nextCursor !== null);
    if (items.length > 1) session.fail(answer, 'one account a page', String(items.length));
    seen.push(...items.map(({ accountIdentifier }) => accountIdentifier));
    if (pages === 1) await expectBack(session, { ...query, cursor: prevCursor ?? '' }, seen[0]);
    cursor = nextCursor;
    if (new Set(seen).size !== seen.length) session.fail(answer, 'each account once', seen.join());
    if (cursor === null && !expected.every((one) => seen.includes(one)))
      session.fail(answer, `pages with ${expected.join()}`, seen.join());
  }
}

async function expectBack(
  session: PlatformSession,
  query: Record<string, string>,
  first: string | undefined,
): Promise<void> {
  const answer = await page(session, query);
  const [item] = (answer.json as unknown as Page).items;
  session.expectSame(answer, 'the first account, a page back', item?.accountIdentifier, first);
}

async function page(session: PlatformSession, query: Record<string, string>): Promise<HttpResponse> {
  const answer = await session.sendFor(
    200,
    'GET',
    `${BASE}/accounts?${new URLSearchParams(query).toString()}`,
  );
  session.expectForm(answer, PAGE);
  return answer;
}
