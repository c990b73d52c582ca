import { type ContractCheck, defining, Skipped } from '../check.js';
import { everyAnswerChecks } from '../every-answer.checks.js';
import { extensionChecks } from '../extension.checks.js';
import { filled, integer, listOf, objectOf, text, UUID } from '../form.js';
import { ACCOUNT, ACCOUNTS, type OwnerSession } from './owner-session.js';

const strict = defining<OwnerSession>('owner', 'strict');
const PROBLEM = objectOf({
  type: text('urn:vostro:error:…', /^urn:vostro:error:/),
  title: filled,
  status: integer,
  detail: filled,
  instance: text('a path', /^\//),
  code: filled,
  requestId: text('a uuid', UUID),
});

const OWN: readonly ContractCheck<OwnerSession>[] = [
  strict(
    'problem-details',
    'Every refusal is problem details (RFC 9457) with code and requestId.',
    async (session) => {
      const refused = [
        await session.open('XQZ'),
        await session.open(''),
        await session.send('GET', ACCOUNTS, { as: {} }),
        await session.send('GET', `${ACCOUNTS}/nonsense`),
      ];
      for (const answer of refused) {
        session.expectForm(answer, PROBLEM);
        const { requestId } = answer.json as { requestId: string };
        session.expectSame(answer, 'requestId', requestId, answer.headers.get('x-request-id'));
      }
    },
  ),
  strict('field-errors', 'A 400 names each bad field in errors.', async (session) => {
    const answer = await session.sendFor(400, 'POST', ACCOUNTS, { body: {} });
    const item = objectOf({ path: text('currency', /^currency$/), code: filled, message: filled });
    session.expectForm(answer, objectOf({ errors: listOf(item) }));
  }),
  strict(
    'conflict-carries-account',
    'A 409 carries the account that exists, in its four fields.',
    async (session) => {
      const { currency, json } = await session.existing();
      const answer = await session.open(currency);
      session.expectStatus(answer, 409);
      session.expectForm(answer, ACCOUNT);
      session.expectSame(answer, 'id', (answer.json as typeof json).id, json.id);
    },
  ),
  strict('new-account-is-empty', 'A new account holds nothing.', async (session) => {
    const { answer, json } = await session.opened();
    session.expectForm(answer, ACCOUNT);
    for (const field of ['balance', 'lockedBalance'])
      if (JSON.stringify(json[field]) !== '0')
        session.fail(answer, `${field} 0`, JSON.stringify(json[field]));
  }),
  strict('currencies-200', 'GET /currencies lists what this owner may open now.', async (session) => {
    const answer = await session.sendFor(200, 'GET', '/api/v1/currencies');
    const item = { code: text('a code', /^[A-Z0-9]{3,}$/), name: filled, symbol: filled, decimals: integer };
    session.expectForm(answer, listOf(objectOf(item)));
  }),
  strict(
    'kyc-not-approved-reads-403',
    'An owner whose KYC is not approved may not read either.',
    async (session) => {
      await session.sendFor(403, 'GET', ACCOUNTS, { as: session.pending() });
    },
  ),
];

export const OWNER_EXTENSIONS: readonly ContractCheck<OwnerSession>[] = [
  ...OWN,
  ...extensionChecks<OwnerSession>('owner', {
    path: () => Promise.resolve(ACCOUNTS),
    opened: async (session) => {
      const { answer, currency } = await session.opened();
      const headers = session.openingHeaders(currency);
      return { answer, request: ['POST', ACCOUNTS, { body: { currency }, headers }] };
    },
    fresh: async (session) => ['POST', ACCOUNTS, { body: { currency: await freeAndEnabled(session) } }],
    codes: {
      keyMalformed: [400, 'idempotency_key_malformed'],
      keyReused: [409, 'idempotency_key_reused'],
      duplicate: [409, 'account_exists'],
      method: [405, 'method_not_allowed'],
      tooLarge: [413, 'payload_too_large'],
      media: [415, 'media_type_unsupported'],
      path: [404, 'route_not_found'],
    },
  }),
];

export const OWNER_EVERY_ANSWER = everyAnswerChecks<OwnerSession>('owner', async (session) => {
  await session.send('GET', ACCOUNTS);
  await session.send('GET', ACCOUNTS, { as: {} });
  for (const as of session.wrongCallers()) await session.send('GET', ACCOUNTS, { as });
  await session.send('GET', `${ACCOUNTS}/nonsense`);
  await session.open('');
  await session.open('XQZ');
});

/** A currency that Vostro's own list allows to open. @throws Skipped when the owner has an account in all of them */
async function freeAndEnabled(session: OwnerSession): Promise<string> {
  const answer = await session.sendFor(200, 'GET', '/api/v1/currencies');
  const { accounts } = await session.listed();
  const codes = (answer.json as { code: string }[]).map(({ code }) => code);
  const free = codes.find((code) => !accounts.some(({ currency }) => currency === code));
  if (free === undefined) throw new Skipped('needs a currency in which the owner has no account');
  return free;
}
