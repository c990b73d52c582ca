import type { RequestHeaders, Request } from '../api-session.js';
import { BROKEN_BODIES } from '../broken-bodies.js';
import { type ContractCheck, defining } from '../check.js';
import { type ContractRefusal, refusalChecks } from '../refusals.js';
import { accountsOf, basic, CUSTOMERS, type PlatformSession } from './platform-session.js';

const NO_TEXT = [undefined, null, 7, true, ['text'], { a: 1 }];
/** Every request uses a different name, so that no server can take it for a duplicate. */
const openings =
  (name: string, ...members: readonly object[]) =>
  (session: PlatformSession): Promise<Request[]> =>
    Promise.all(members.map((one, index) => session.opening(`${name}-${index}`, one)));
const withEach = (field: string, values: readonly unknown[]): object[] =>
  values.map((value) => ({ [field]: value }));
const tooLong = `${'a'.repeat(60)}@${'b'.repeat(50)}.com`;

const REFUSALS: readonly ContractRefusal<PlatformSession>[] = [
  ...['accountIdentifier', 'displayName', 'contactEmail'].map((field): ContractRefusal<PlatformSession> => ({
    name: `${toKebab(field)}-required`,
    status: 400,
    code: '400.001',
    sentence: `An opening without ${field}, or with one that is no text,`,
    requests: openings(`no-${toKebab(field)}`, ...withEach(field, NO_TEXT)),
  })),
  {
    name: 'identifier-length',
    status: 400,
    code: '400.001',
    sentence: 'An accountIdentifier of fewer than 5 or more than 100 characters',
    requests: openings('length', ...withEach('accountIdentifier', ['', 'four', 'a'.repeat(101)])),
  },
  {
    name: 'identifier-characters',
    status: 400,
    code: '400.001',
    sentence: 'An accountIdentifier with other characters than -0-9a-zA-Z',
    requests: openings(
      'characters',
      ...withEach('accountIdentifier', ['under_score', 'spa ce', 'slash/slash', 'ümlaut']),
    ),
  },
  {
    name: 'display-name-length',
    status: 400,
    code: '400.001',
    sentence: 'A displayName of fewer than 5 or more than 100 characters',
    requests: openings('name', ...withEach('displayName', ['', 'four', '     ', 'n'.repeat(101)])),
  },
  {
    name: 'display-name-emoji',
    status: 400,
    code: '400.001',
    sentence: 'A displayName with an emoji',
    requests: openings('emoji', ...withEach('displayName', ['Party 🎉 account', 'Flag 🇿🇦 account'])),
  },
  {
    name: 'contact-email-malformed',
    status: 400,
    code: '400.001',
    sentence: 'A contactEmail that is no address, or longer than 100 characters,',
    requests: openings(
      'email',
      ...withEach('contactEmail', ['', 'nobody', 'a@', '@b.com', 'a b@c.com', tooLong]),
    ),
  },
  {
    name: 'currency-not-accepted',
    status: 400,
    code: '400.011',
    sentence: 'A currency other than AUD, CAD, EUR, GBP and USD',
    requests: openings('currency', ...withEach('currencyCode', ['ZAR', 'XXX', 'US', ''])),
  },
  {
    name: 'currency-of-wrong-type',
    status: 400,
    sentence: 'A currency that is no text',
    requests: openings('currency-type', ...withEach('currencyCode', [7, true, ['USD'], { code: 'USD' }])),
  },
  {
    name: 'funding-notification-malformed',
    status: 400,
    code: '400.001',
    sentence: 'A fundingNotification that is no list of addresses',
    requests: openings(
      'funding',
      ...withEach('fundingNotification', [
        'a@b.com',
        ['a@b.com'],
        [{ emailAddress: 'nobody' }],
        [{ emailAddress: 7 }],
      ]),
    ),
  },
  {
    name: 'body-malformed',
    status: 400,
    code: '400.009',
    sentence: 'A body that is no JSON object',
    requests: async (session) => {
      const path = accountsOf(await session.customer());
      return BROKEN_BODIES.map((raw): Request => ['POST', path, { raw }]);
    },
  },
  {
    name: 'unknown-customer',
    status: 403,
    code: '403.007',
    sentence: 'Opening under a customer that is not the platform’s',
    requests: (session) => [
      ['POST', accountsOf(session.identifier('nobody')), { body: session.body('foreign') }],
    ],
  },
  {
    name: 'credentials-missing',
    status: 401,
    code: '401.001',
    sentence: 'A request without credentials',
    requests: (session) => openingAs(session, [{}]),
  },
  {
    name: 'credentials-wrong',
    status: 401,
    code: '401.002',
    sentence: 'An unknown key, a wrong secret, a token that is none and what can be no credentials',
    requests: (session) => openingAs(session, session.wrongCallers()),
  },
];

const contract = defining<PlatformSession>('platform', 'contract');

export const PLATFORM_REFUSING: readonly ContractCheck<PlatformSession>[] = [
  ...refusalChecks('platform', REFUSALS),
  contract(
    'credentials-before-body',
    'Who calls is asked before the body is looked at: wrong credentials with a broken body answer 401.',
    async (session) => {
      const path = accountsOf(await session.customer());
      await session.sendFor(401, 'POST', path, {
        raw: '{',
        as: basic({ ...session.access, secret: 'wrong' }),
      });
    },
  ),
  contract('error-names-status', 'An error body repeats the status in httpCode.', async (session) => {
    const refused = [
      await session.send('GET', CUSTOMERS, { as: {} }),
      await session.send(...(await session.opening('status', { displayName: 'four' }))),
      await session.send('POST', accountsOf(session.identifier('nobody')), { body: session.body('status') }),
    ];
    for (const answer of refused)
      if (JSON.stringify((answer.json as { httpCode?: unknown }).httpCode) !== String(answer.status))
        session.fail(answer, `httpCode ${answer.status}`, answer.text);
  }),
];

async function openingAs(session: PlatformSession, callers: readonly RequestHeaders[]): Promise<Request[]> {
  return Promise.all(callers.map((as, index) => session.opening(`nobody-${index}`, {}, { as })));
}

function toKebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
