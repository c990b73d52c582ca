import { type ContractCheck, defining, Skipped } from '../check.js';
import { ACCOUNT } from './platform-forms.js';
import { accountsOf, BASE, type PlatformSession } from './platform-session.js';

const AT_ONCE = 8;
const contract = defining<PlatformSession>('platform', 'contract');

export const PLATFORM_OPENING: readonly ContractCheck<PlatformSession>[] = [
  contract(
    'open-account-201',
    'Opening an account under a customer answers 201 with the account.',
    async (session) => {
      const { answer, json } = await session.opened();
      session.expectForm(answer, ACCOUNT);
      for (const [field, value] of Object.entries(session.body('one')))
        session.expectSame(answer, field, json[field], value as string);
      session.expectSame(answer, 'status', json.status, 'ACTIVE');
    },
  ),
  contract('currency-defaults-to-usd', 'The currency is USD when none is named.', async (session) => {
    const { answer, json } = await session.opened();
    session.expectSame(answer, 'currencyCode', json.currencyCode, 'USD');
  }),
  contract('currency-is-kept', 'The currency is the one that was named.', async (session) => {
    const { answer, json } = await session.second();
    session.expectForm(answer, ACCOUNT);
    session.expectSame(answer, 'currencyCode', json.currencyCode, 'EUR');
  }),
  contract(
    'funding-notification-is-kept',
    'The addresses to notify are answered as they were sent.',
    async (session) => {
      const { answer, json } = await session.second();
      const sent = [{ emailAddress: 'one@example.com' }, { emailAddress: 'two@example.com' }];
      session.expectSame(answer, 'fundingNotification', json.fundingNotification, sent);
    },
  ),
  contract(
    'identifier-in-lower-case',
    'An identifier is taken in either case, and answered in lower case.',
    async (session) => {
      const { answer, json } = await session.second();
      session.expectSame(answer, 'accountIdentifier', json.accountIdentifier, session.identifier('two'));
    },
  ),
  contract(
    'duplicate-409',
    'An identifier is unique on the platform: a second opening answers 409.',
    async (session) => {
      await session.opened();
      await session.sendFor(409, ...(await session.opening('one')));
    },
  ),
  contract('duplicate-in-other-case-409', 'Identifiers are the same in any case.', async (session) => {
    const { identifier } = await session.opened();
    const accountIdentifier = identifier.toUpperCase();
    await session.sendFor(409, ...(await session.opening('one', { accountIdentifier })));
  }),
  contract(
    'race-one-wins',
    `Of ${AT_ONCE} openings alike at once exactly one succeeds; the others answer 409.`,
    race,
  ),
  contract(
    'kyc-not-approved-403',
    'A customer whose KYC is not approved is refused with 403.',
    async (session) => {
      const { pendingCustomerIdentifier: pending } = session.access;
      if (pending === null)
        throw new Skipped('needs platform.pendingCustomerIdentifier: a customer whose KYC is not approved');
      await session.sendFor(403, 'POST', accountsOf(pending), { body: session.body('pending') });
    },
  ),
  contract('refused-opens-nothing', 'A refused opening opens nothing.', async (session) => {
    const bad = [{ displayName: 'four' }, { contactEmail: 'nobody' }, { currencyCode: 'ZAR' }];
    for (const [index, members] of bad.entries())
      await session.send(...(await session.opening(`refused-${index}`, members)));
    await session.send(...(await session.opening('refused-3', {}, { as: {} })));
    for (let index = 0; index <= bad.length; index++)
      await session.sendFor(404, 'GET', `${BASE}/accounts/${session.identifier(`refused-${index}`)}`);
  }),
];

async function race(session: PlatformSession): Promise<void> {
  await session.opened();
  const request = await session.opening('race');
  const answers = await Promise.all(Array.from({ length: AT_ONCE }, () => session.send(...request)));
  const statuses = answers.map(({ status }) => status).sort((one, other) => one - other);
  const expected = [201, ...Array.from({ length: AT_ONCE - 1 }, () => 409)];
  if (answers[0] !== undefined && statuses.join() !== expected.join())
    session.fail(answers[0], expected.join(), statuses.join());
}
