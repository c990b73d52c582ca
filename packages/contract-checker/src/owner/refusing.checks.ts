import type { Request } from '../api-session.js';
import { BROKEN_BODIES } from '../broken-bodies.js';
import { type ContractCheck, defining } from '../check.js';
import { expectOneAnswer, type ContractRefusal, refusalChecks } from '../refusals.js';
import { ACCOUNTS, type OwnerSession } from './owner-session.js';

const opening = (body: unknown, more: object = {}): Request => ['POST', ACCOUNTS, { body, ...more }];
const ZAR = { currency: 'ZAR' };

const REFUSALS: readonly ContractRefusal<OwnerSession>[] = [
  {
    name: 'currency-missing',
    status: 400,
    code: 'validation_failed',
    sentence: 'An opening without a currency',
    requests: () => [opening({})],
  },
  {
    name: 'currency-of-wrong-type',
    status: 400,
    code: 'validation_failed',
    sentence: 'A currency that is no text',
    requests: () => [null, 7, true, ['ZAR'], { code: 'ZAR' }].map((currency) => opening({ currency })),
  },
  {
    name: 'currency-malformed',
    status: 400,
    code: 'validation_failed',
    sentence: 'A currency that can be no code',
    requests: () =>
      ['', 'Z R', '$$$', 'ZA\u0000R', '€', 'Z'.repeat(50)].map((currency) => opening({ currency })),
  },
  {
    name: 'body-malformed',
    status: 400,
    code: 'body_malformed',
    sentence: 'A body that is no JSON object',
    requests: () => BROKEN_BODIES.map((raw): Request => ['POST', ACCOUNTS, { raw }]),
  },
  {
    name: 'unknown-currency',
    status: 404,
    code: 'currency_not_available',
    sentence: 'A currency that does not exist, or is not enabled for the owner,',
    requests: () => [opening({ currency: 'XQZ' }), opening({ currency: 'QQX' })],
  },
  {
    name: 'credentials-missing',
    status: 401,
    code: 'credentials_invalid',
    sentence: 'A request without key, secret or both',
    requests: (session) => incomplete(session),
  },
  {
    name: 'credentials-wrong',
    status: 401,
    code: 'credentials_invalid',
    sentence: 'An unknown key, and a wrong secret,',
    requests: (session) => wrong(session),
  },
];

const contract = defining<OwnerSession>('owner', 'contract');

export const OWNER_REFUSING: readonly ContractCheck<OwnerSession>[] = [
  ...refusalChecks('owner', REFUSALS),
  contract(
    'credentials-one-answer',
    'Missing, unknown and wrong credentials answer alike: nobody learns which keys exist.',
    (session) => expectOneAnswer(session, [...incomplete(session), ...wrong(session)]),
  ),
  contract(
    'credentials-before-body',
    'Who calls is asked before the body is looked at: wrong credentials with a broken body answer 401.',
    async (session) => {
      const as = { 'x-api-key': session.keys.apiKey, 'x-api-secret': 'wrong' };
      await session.sendFor(401, 'POST', ACCOUNTS, { raw: '{', as });
    },
  ),
  contract('refused-opens-nothing', 'A refused opening opens nothing.', async (session) => {
    const before = (await session.listed()).accounts.map(({ id }) => id);
    await session.send(...opening({ currency: 'XQZ' }));
    await session.send(...opening({}));
    await session.send('POST', ACCOUNTS, { raw: '{"currency":"ZAR",}' });
    for (const request of wrong(session)) await session.send(...request);
    const { answer, accounts } = await session.listed();
    const more = accounts.map(({ id }) => id).filter((id) => !before.includes(id));
    if (more.length > 0) session.fail(answer, 'no more accounts than before', more.join());
  }),
];

function incomplete({ keys }: OwnerSession): Request[] {
  const parts = [{}, { 'x-api-key': keys.apiKey }, { 'x-api-secret': keys.apiSecret }];
  return parts.map((as) => opening(ZAR, { as }));
}

function wrong(session: OwnerSession): Request[] {
  return session.wrongCallers().map((as) => opening(ZAR, { as }));
}
