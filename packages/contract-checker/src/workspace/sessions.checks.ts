import { type ContractCheck, defining, Skipped } from '../check.js';
import type { JsonObject } from '../exact-json.js';
import type { HttpResponse } from '../http-client.js';
import { bearer } from './refusing.checks.js';
import { TOKEN_PAIR } from './workspace-forms.js';
import { PRODUCTS, TOKENS, type WorkspaceSession } from './workspace-session.js';

const REFRESH_LIFE_MS = 14 * 24 * 60 * 60 * 1000;
const contract = defining<WorkspaceSession>('workspace', 'contract');
const destructive = defining<WorkspaceSession>('workspace', 'contract', true);

/** Runs in this order after all other checks, because the last check ends the session. */
export const WORKSPACE_SESSIONS: readonly ContractCheck<WorkspaceSession>[] = [
  contract('refresh-token-opens-nothing-401', 'A refresh token is no access token.', async (session) => {
    await session.sendFor(401, 'GET', PRODUCTS, { as: bearer(refreshToken(session)) });
  }),
  destructive('exchange-200', 'A refresh token buys a new pair of tokens.', async (session) => {
    const { answer } = await exchanged(session);
    session.expectForm(answer, TOKEN_PAIR);
    const { createdAt, expiredAt } = (
      answer.json as { refreshToken: { createdAt: string; expiredAt: string } }
    ).refreshToken;
    const lifeMs = Date.parse(expiredAt) - Date.parse(createdAt);
    if (lifeMs !== REFRESH_LIFE_MS) session.fail(answer, 'a refresh token for 14 days', `${lifeMs / 1000} s`);
  }),
  destructive('exchanged-token-works', 'The access token of an exchange works.', async (session) => {
    const { accessToken } = await exchanged(session);
    await session.sendFor(200, 'GET', PRODUCTS, { as: bearer(accessToken) });
  }),
  destructive(
    'refresh-token-once-401',
    'A refresh token works once; its second use ends the session, with all its refresh tokens.',
    async (session) => {
      const first = refreshToken(session);
      const { refreshToken: second } = await exchanged(session);
      await session.sendFor(401, 'POST', TOKENS, { as: bearer(first) });
      await session.sendFor(401, 'POST', TOKENS, { as: bearer(second) });
    },
  ),
];

/** @throws Skipped when there is no refresh token */
function refreshToken({ parties }: WorkspaceSession): string {
  if (parties.main.refreshToken === null) throw new Skipped('needs the refresh token of the workspace');
  return parties.main.refreshToken;
}

interface Exchanged {
  answer: HttpResponse;
  accessToken: string;
  refreshToken: string;
}

async function exchanged(session: WorkspaceSession): Promise<Exchanged> {
  const token = refreshToken(session);
  return session.once('an exchange of the refresh token', async () => {
    const answer = await session.sendFor(200, 'POST', TOKENS, { as: bearer(token) });
    const { accessToken, refreshToken: next } = toPair(answer);
    session.context.secrets.add(accessToken, 'access token of an exchange');
    session.context.secrets.add(next, 'refresh token of an exchange');
    return { answer, accessToken, refreshToken: next };
  });
}

/** The tokens in the response of an exchange; empty where one is missing. */
export function toPair({ json }: HttpResponse): { accessToken: string; refreshToken: string } {
  const { accessToken, refreshToken: next } = (json ?? {}) as JsonObject;
  const { value } = (next ?? {}) as JsonObject;
  return {
    accessToken: typeof accessToken === 'string' ? accessToken : '',
    refreshToken: typeof value === 'string' ? value : '',
  };
}
