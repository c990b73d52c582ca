import { type ContractCheck, defining } from '../check.js';
import type { HttpResponse } from '../http-client.js';
import { TOKEN } from './platform-forms.js';
import { basic, CUSTOMERS, type PlatformSession, TOKEN_PATH } from './platform-session.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const contract = defining<PlatformSession>('platform', 'contract');

export const PLATFORM_CREDENTIALS: readonly ContractCheck<PlatformSession>[] = [
  contract('basic-200', 'The credential is good as HTTP Basic.', async (session) => {
    await session.sendFor(200, 'GET', CUSTOMERS, { as: basic(session.access) });
  }),
  contract('key-headers-200', 'The credential is good as X-API-KEY and X-API-SECRET.', async (session) => {
    const { key, secret } = session.access;
    await session.sendFor(200, 'GET', CUSTOMERS, { as: { 'x-api-key': key, 'x-api-secret': secret } });
  }),
  contract(
    'token-200',
    'The credential buys a bearer token at POST /oauth/token, which is good.',
    async (session) => {
      const answer = await buyToken(session, { grant_type: 'client_credentials' });
      session.expectStatus(answer, 200);
      session.expectForm(answer, TOKEN);
      const { access_token: token } = answer.json as { access_token: string };
      session.context.secrets.add(token, 'token bought at /oauth/token');
      await session.sendFor(200, 'GET', CUSTOMERS, { as: { authorization: `Bearer ${token}` } });
    },
  ),
  contract('token-wrong-grant-400', 'Another grant than client_credentials answers 400.', async (session) => {
    session.expectStatus(await buyToken(session, { grant_type: 'password' }), 400);
  }),
  contract('token-wrong-secret-401', 'A wrong secret buys no token: 401.', async (session) => {
    const as = basic({ ...session.access, secret: `wrong-${session.context.mark}` });
    session.expectStatus(await buyToken(session, { grant_type: 'client_credentials' }, as), 401);
  }),
];

async function buyToken(
  session: PlatformSession,
  fields: Record<string, string>,
  as: Record<string, string> = basic(session.access),
): Promise<HttpResponse> {
  const raw = new URLSearchParams(fields).toString();
  return session.send('POST', TOKEN_PATH, { raw, as: { ...FORM, ...as } });
}
