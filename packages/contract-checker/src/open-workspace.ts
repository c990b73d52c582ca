import type { RunContext } from './api-session.js';
import type { WorkspaceAccess } from './credentials.js';
import { NoResponse } from './http-client.js';
import { bearer } from './workspace/refusing.checks.js';
import { toPair } from './workspace/sessions.checks.js';
import { type OpenWorkspace, TOKENS } from './workspace/workspace-session.js';

const MS = 1_000;

/** The credentials do not open the workspace; the message gives the cause and a remedy. */
export class WorkspaceClosed extends Error {}

/**
 * The workspace with an access token. A refresh token is used only when there is no access token, or to replace an
 * expired one, because it works only once.
 * @param name of the credentials, such as `workspacePending`
 * @throws WorkspaceClosed
 */
export async function openWorkspace(
  context: RunContext,
  name: string,
  { workspaceId, accessToken, refreshToken }: WorkspaceAccess,
): Promise<OpenWorkspace> {
  const expiredAt = accessToken === null ? null : expiryOf(accessToken);
  const isExpired = expiredAt !== null && expiredAt.getTime() <= Date.now();
  if (accessToken !== null && !isExpired) return { workspaceId, accessToken, refreshToken };
  if (refreshToken === null || (isExpired && !context.isDestructive))
    throw new WorkspaceClosed(
      `the access token of ${name} expired at ${expiredAt?.toISOString() ?? '?'}: give a new one, or a refresh token and --destructive, which uses it up`,
    );
  return { workspaceId, ...(await exchange(context, name, refreshToken)) };
}

async function exchange(
  { client, secrets, created }: RunContext,
  name: string,
  token: string,
): Promise<Pick<OpenWorkspace, 'accessToken' | 'refreshToken'>> {
  try {
    const answer = await client.send({ method: 'POST', path: TOKENS, headers: bearer(token) });
    const { accessToken, refreshToken } = toPair(answer);
    if (answer.status !== 200 || accessToken === '')
      throw new WorkspaceClosed(`the refresh token of ${name} buys no access token: status ${answer.status}`);
    secrets.add(accessToken, `access token of ${name}`);
    secrets.add(refreshToken, `refresh token of ${name}`);
    const id = `tokens of ${name}; the refresh token that was given is used up`;
    created.add({ api: 'workspace', kind: 'session', id, isUncertain: false });
    return { accessToken, refreshToken };
  } catch (error) {
    if (error instanceof NoResponse)
      throw new WorkspaceClosed(`the refresh token of ${name}: ${error.message}`);
    throw error;
  }
}

/** The expiry in the token, if it is a JWT; `null` for any other token. */
function expiryOf(token: string): Date | null {
  const [, claims = ''] = token.split('.');
  try {
    const { exp } = JSON.parse(Buffer.from(claims, 'base64url').toString('utf8')) as { exp?: unknown };
    return typeof exp === 'number' ? new Date(exp * MS) : null;
  } catch {
    // Not an error: the contract allows any form of token.
    return null;
  }
}
