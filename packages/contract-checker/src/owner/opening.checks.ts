import { type ContractCheck, defining } from '../check.js';
import { ACCOUNT, ACCOUNTS, type OwnerSession } from './owner-session.js';

const AT_ONCE = 8;
const contract = defining<OwnerSession>('owner', 'contract');

export const OWNER_OPENING: readonly ContractCheck<OwnerSession>[] = [
  contract(
    'open-account-201',
    'Opening an account in a currency enabled for the owner answers 201 with id, currency, balance and lockedBalance.',
    async (session) => {
      const { answer, json, currency } = await session.opened();
      session.expectForm(answer, ACCOUNT);
      session.expectSame(answer, 'currency', json.currency, currency);
    },
  ),
  contract(
    'duplicate-409',
    'An owner has one account per currency: a second opening answers 409.',
    async (session) => {
      const { currency } = await session.existing();
      session.expectStatus(await session.open(currency), 409);
    },
  ),
  contract(
    'duplicate-in-other-case-409',
    'Currency codes are the same in any case: a second opening in lower case answers 409.',
    async (session) => {
      const { currency } = await session.existing();
      session.expectStatus(await session.open(currency.toLowerCase()), 409);
    },
  ),
  contract(
    'kyc-not-approved-403',
    'An owner whose KYC is not approved is refused with 403, and opens nothing.',
    async (session) => {
      await session.sendFor(403, 'POST', ACCOUNTS, { body: { currency: 'ZAR' }, as: session.pending() });
    },
  ),
];

/** Runs after the accounts were read: it opens another one. */
export const OWNER_RACES: readonly ContractCheck<OwnerSession>[] = [
  contract(
    'race-one-wins',
    `Of ${AT_ONCE} openings in one currency at once exactly one succeeds; the others answer 409.`,
    race,
  ),
];

async function race(session: OwnerSession): Promise<void> {
  for (let currency = await session.nextFree(); ; currency = await session.nextFree()) {
    const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => session.open(currency)));
    const [first] = answers;
    // Not enabled for this owner: the next currency may be.
    if (first === undefined || answers.every(({ status }) => status === 404)) continue;
    const statuses = answers.map(({ status }) => status).sort((one, other) => one - other);
    const expected = [201, ...Array.from({ length: AT_ONCE - 1 }, () => 409)];
    if (statuses.join() !== expected.join()) session.fail(first, expected.join(), statuses.join());
    const { answer, accounts } = await session.listed();
    const there = accounts.filter((account) => account.currency === currency).length;
    if (there !== 1) session.fail(answer, `one account in ${currency}`, String(there));
    return;
  }
}
