import { type ContractCheck, defining } from '../check.js';
import { amount, listOf, objectOf } from '../form.js';
import { expectOneAnswer, gist } from '../refusals.js';
import { ACCOUNT, ACCOUNTS, type OwnerAccount, type OwnerSession } from './owner-session.js';

const FIELDS = ['id', 'currency', 'balance', 'lockedBalance'] as const;
const contract = defining<OwnerSession>('owner', 'contract');

export const OWNER_READING: readonly ContractCheck<OwnerSession>[] = [
  contract('list-200', 'The list of accounts answers 200 with a bare array of accounts.', async (session) => {
    session.expectForm((await session.listed()).answer, listOf(ACCOUNT));
  }),
  contract('list-shows-opened', 'The list shows what was opened, as it was answered.', async (session) => {
    const opened = await session.opened();
    const { answer, accounts } = await session.listed();
    const listed =
      accounts.find(({ id }) => id === opened.id) ??
      session.fail(answer, `the account ${opened.id}`, answer.text);
    expectAlike(session, listed, opened);
  }),
  contract('get-by-id-200', 'An account is found by its id, as the list shows it.', async (session) => {
    const expected = await session.existing();
    await expectFound(session, `${ACCOUNTS}/${encodeURIComponent(expected.id)}`, expected);
  }),
  contract('get-by-currency-200', 'An account is found by its currency, in any case.', async (session) => {
    const expected = await session.existing();
    for (const currency of [expected.currency, expected.currency.toLowerCase()])
      await expectFound(session, `${ACCOUNTS}/currency/${encodeURIComponent(currency)}`, expected);
  }),
  contract(
    'amounts-are-exact',
    'Balances are JSON numbers of major units, exact: no more decimals than the currency has.',
    async (session) => {
      const { answer, accounts } = await session.listed();
      session.expectForm(
        answer,
        listOf((item, place) => {
          const [held] = accounts.filter(({ json }) => json === item);
          const exact = amount(held?.currency);
          return objectOf({ balance: exact, lockedBalance: exact })(item, place);
        }),
      );
    },
  ),
  contract('get-unknown-id-404', 'An id that is none of the owner’s answers 404.', async (session) => {
    for (const id of ['acc_0000000000000000', 'acc_ZZZZZZ', 'nonsense'])
      await session.sendFor(404, 'GET', `${ACCOUNTS}/${id}`);
  }),
  contract(
    'get-unknown-currency-404',
    'An unknown currency, and one in which the owner has no account, answer 404 alike.',
    async (session) => {
      await session.sendFor(404, 'GET', `${ACCOUNTS}/currency/XQZ`);
      const free = await session.nextFree();
      const paths = [`${ACCOUNTS}/currency/XQZ`, `${ACCOUNTS}/currency/${free}`];
      await expectOneAnswer(
        session,
        paths.map((path) => ['GET', path]),
        // The response may repeat the path.
        (answer) => gist(answer).replaceAll(answer.call.path, '<path>').replaceAll(free, 'XQZ'),
      );
    },
  ),
];

async function expectFound(session: OwnerSession, path: string, expected: OwnerAccount): Promise<void> {
  const answer = await session.sendFor(200, 'GET', path);
  session.expectForm(answer, ACCOUNT);
  const json = answer.json as OwnerAccount['json'];
  expectAlike(session, { ...expected, answer, json }, expected);
}

function expectAlike(session: OwnerSession, found: OwnerAccount, expected: OwnerAccount): void {
  for (const field of FIELDS)
    session.expectSame(found.answer, field, found.json[field], expected.json[field]);
}
