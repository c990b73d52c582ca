import type { RequestHeaders, Request } from '../api-session.js';
import { BROKEN_BODIES } from '../broken-bodies.js';
import { type ContractCheck, defining, Skipped } from '../check.js';
import { type ContractRefusal, refusalChecks } from '../refusals.js';
import {
  ACCOUNTS,
  PRODUCTS,
  toHeaders,
  TOKENS,
  WORKSPACE_ID,
  type WorkspaceSession,
} from './workspace-session.js';

const NO_SUCH_WORKSPACE = '999999999';
const BAD_ALIASES = ['a'.repeat(101), 'control \u0007', 'line\nbreak', 'nul \u0000'];
const NO_TEXT = [7, true, ['a'], { a: 1 }];

const REFUSALS: readonly ContractRefusal<WorkspaceSession>[] = [
  {
    name: 'product-missing',
    status: 400,
    code: 'invalid_request',
    sentence: 'An opening without a product',
    requests: (session) => [['POST', ACCOUNTS, { body: { alias: session.alias('none') } }]],
  },
  {
    name: 'product-malformed',
    status: 400,
    code: 'invalid_request',
    sentence: 'A product that is no positive integer',
    requests: async (session) => {
      const id = await session.productId();
      const alias = session.alias('bad');
      return badProducts(id).map((productID): Request => ['POST', ACCOUNTS, { body: { productID, alias } }]);
    },
  },
  {
    name: 'unknown-product',
    status: 400,
    code: 'product_not_found',
    sentence: 'A product that does not exist',
    requests: (session) => [
      ['POST', ACCOUNTS, { body: { productID: 999_999_999, alias: session.alias('unknown') } }],
    ],
  },
  {
    name: 'alias-malformed',
    status: 400,
    code: 'invalid_request',
    sentence: 'An alias of more than 100 characters, or with control characters,',
    requests: (session) => Promise.all(BAD_ALIASES.map((alias) => session.opening(alias))),
  },
  {
    name: 'alias-of-wrong-type',
    status: 400,
    code: 'invalid_request',
    sentence: 'An alias that is no text',
    requests: async (session) => {
      const productID = await session.productId();
      return NO_TEXT.map((alias): Request => ['POST', ACCOUNTS, { body: { productID, alias } }]);
    },
  },
  {
    name: 'body-malformed',
    status: 400,
    code: 'invalid_request',
    sentence: 'A body that is no JSON object',
    requests: () => BROKEN_BODIES.map((raw): Request => ['POST', ACCOUNTS, { raw }]),
  },
  {
    name: 'workspace-id-missing',
    status: 400,
    code: 'invalid_request',
    sentence: 'A request without Workspace-ID',
    requests: (session) => inWorkspaces(session, [undefined]),
  },
  {
    name: 'workspace-id-malformed',
    status: 400,
    code: 'invalid_request',
    sentence: 'A Workspace-ID that is no positive integer',
    requests: (session) => inWorkspaces(session, ['abc', '0', '-1', '1.5', '1e3']),
  },
  {
    name: 'unknown-workspace',
    status: 401,
    code: 'unauthorized',
    sentence: 'A workspace that does not exist',
    requests: (session) => inWorkspaces(session, [NO_SUCH_WORKSPACE]),
  },
  {
    name: 'foreign-workspace',
    status: 401,
    code: 'unauthorized',
    sentence: 'A workspace that the token is not for',
    requests: (session) => inWorkspaces(session, [foreign(session)]),
  },
  {
    name: 'token-missing',
    status: 401,
    code: 'unauthorized',
    sentence: 'A request without a token',
    requests: (session) => withToken(session, undefined),
  },
  {
    name: 'token-wrong',
    status: 401,
    code: 'unauthorized',
    sentence: 'A token that is none, or was altered,',
    requests: (session) => ['wrong', altered(session)].flatMap((token) => withToken(session, token)),
  },
  {
    name: 'refresh-with-wrong-token',
    status: 401,
    code: 'unauthorized',
    sentence: 'An exchange with no token, with a made-up one, and with an access token',
    requests: ({ parties }) =>
      [undefined, 'wrong', parties.main.accessToken].map((token) => ['POST', TOKENS, { as: bearer(token) }]),
  },
];

const contract = defining<WorkspaceSession>('workspace', 'contract');

export const WORKSPACE_REFUSING: readonly ContractCheck<WorkspaceSession>[] = [
  ...refusalChecks('workspace', REFUSALS),
  contract(
    'token-before-body',
    'The token is asked for before the body: a wrong one with a broken body answers 401.',
    async (session) => {
      const as = { ...toHeaders(session.parties.main), authorization: 'Bearer wrong' };
      await session.sendFor(401, 'POST', ACCOUNTS, { raw: '{', as });
    },
  ),
  contract(
    'list-shows-own-only',
    'A workspace lists its own accounts, and never those of another.',
    async (session) => {
      const opened = await session.opened();
      const answer = await session.send('GET', ACCOUNTS, { as: toHeaders(session.pending()) });
      if (answer.text.includes(opened.alias))
        session.fail(answer, 'nothing of another workspace', opened.alias);
    },
  ),
  contract('refused-opens-nothing', 'A refused opening opens nothing.', async (session) => {
    const { items } = await session.listed();
    const before = items.map(({ id }) => JSON.stringify(id));
    const refused = [session.alias('refused'), ...BAD_ALIASES];
    for (const alias of refused.slice(1)) await session.send(...(await session.opening(alias)));
    await session.send('POST', ACCOUNTS, { body: { productID: 999_999_999, alias: refused[0] } });
    await session.send(...(await session.opening(refused[0] ?? '', { as: bearer('wrong') })));
    const { answer, items: after } = await session.listed();
    const more = after.map(({ id }) => JSON.stringify(id)).filter((id) => !before.includes(id));
    if (more.length > 0) session.fail(answer, 'no more accounts than before', more.join());
  }),
];

/** Requests that read and open in each of these workspaces; `undefined`: without the header. */
async function inWorkspaces(
  session: WorkspaceSession,
  ids: readonly (string | undefined)[],
): Promise<Request[]> {
  const { authorization = '' } = toHeaders(session.parties.main);
  const callers = ids.map((id): RequestHeaders => ({
    authorization,
    ...(id === undefined ? {} : { [WORKSPACE_ID]: id }),
  }));
  const openings = callers.map((as) => session.opening(session.alias('foreign'), { as }));
  return [...callers.map((as): Request => ['GET', ACCOUNTS, { as }]), ...(await Promise.all(openings))];
}

/** Derived from an existing id: a server that parses it carelessly finds the object. */
function badProducts(id: number): unknown[] {
  return [String(id), id + 0.5, 0, -id, null, true, [id], { id }];
}

function foreign(session: WorkspaceSession): string {
  const { workspaceId } = session.pending();
  if (workspaceId === session.parties.main.workspaceId) throw new Skipped('needs a second workspace');
  return workspaceId;
}

function withToken({ parties }: WorkspaceSession, token: string | undefined): Request[] {
  const as = { [WORKSPACE_ID]: parties.main.workspaceId, ...bearer(token) };
  return [ACCOUNTS, PRODUCTS].map((path) => ['GET', path, { as }]);
}

export function bearer(token: string | undefined): RequestHeaders {
  return token === undefined ? {} : { authorization: `Bearer ${token}` };
}

/** The token with different last characters and the same length. */
function altered({ parties }: WorkspaceSession): string {
  const { accessToken } = parties.main;
  return `${accessToken.slice(0, -6)}${accessToken.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA'}`;
}
