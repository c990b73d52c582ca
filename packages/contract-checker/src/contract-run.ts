import { randomBytes } from 'node:crypto';
import type { RunContext } from './api-session.js';
import { type Api, APIS, type CheckInfo } from './check.js';
import { type Created, CreatedThings } from './created.js';
import type { Credentials, KeyPair, WorkspaceAccess } from './credentials.js';
import { HttpClient } from './http-client.js';
import { openWorkspace, WorkspaceClosed } from './open-workspace.js';
import { OwnerSession } from './owner/owner-session.js';
import { basic, PlatformSession } from './platform/platform-session.js';
import { type CheckResult, runChecks, type Watch } from './runner.js';
import { SecretRedactor } from './secrets.js';
import { bind, checksOf, type Sessions } from './suite.js';
import { WorkspaceSession } from './workspace/workspace-session.js';

const MARK_BYTES = 4;

export interface Choices {
  isStrict: boolean;
  isDestructive: boolean;
  /** Names of checks, or parts of names, with `*` as a wildcard; empty: all. */
  only: readonly string[];
}

export interface RunOptions extends Choices {
  /** Without a trailing slash. */
  baseUrl: string;
  apis: readonly Api[];
  credentials: Credentials;
  timeoutMs: number;
  /** For the owner API; `null`: the default list. */
  currencies: readonly string[] | null;
  /** For the workspace API; `null`: the product of the credentials, otherwise the first of the list. */
  productId: number | null;
  /** For transfers of the platform API. */
  fundedAccount: string | null;
}

export interface RunReport {
  results: CheckResult[];
  created: Created[];
}

/** The APIs that the credentials cover. */
export function apisOf(credentials: Credentials): Api[] {
  return APIS.filter((api) => credentials[api] !== null);
}

/** The checks that a run would execute, in order. */
export function choose(apis: readonly Api[], { isStrict, isDestructive, only }: Choices): CheckInfo[] {
  return apis
    .flatMap((api) => [...checksOf(api)])
    .filter(
      ({ level, isDestructive: destroys }) =>
        (isStrict || level === 'contract') && (isDestructive || !destroys),
    )
    .filter(({ name }) => only.length === 0 || only.some((pattern) => matches(name, pattern)));
}

/**
 * Runs the chosen checks against a running server.
 * @throws NoResponse when the server does not respond, WorkspaceClosed
 */
export async function runContract(options: RunOptions, watch: Omit<Watch, 'secrets'>): Promise<RunReport> {
  const secrets = secretsOf(options.credentials);
  const client = new HttpClient(options.baseUrl, options.timeoutMs);
  const created = new CreatedThings();
  const { isStrict, isDestructive } = options;
  const mark = randomBytes(MARK_BYTES).toString('hex');
  // A wrong secret that is sent must not be in a response either.
  secrets.add(`wrong-${mark}`, 'wrong secret that was sent');
  await client.send({ method: 'GET', path: '/' });
  const chosen = choose(options.apis, options);
  const sessions = await toSessions(
    { client, secrets, created, mark, isStrict, isDestructive },
    options,
    chosen,
  );
  const names = new Set(chosen.map(({ name }) => name));
  const checks = bind(sessions).filter(({ name }) => names.has(name));
  return { results: await runChecks(checks, { ...watch, secrets }), created: created.all() };
}

async function toSessions(
  context: RunContext,
  { credentials, currencies, fundedAccount, productId }: RunOptions,
  chosen: readonly CheckInfo[],
): Promise<Sessions> {
  const { owner, ownerPending, workspace, workspacePending, platform } = credentials;
  const needs = (api: Api) => chosen.some((check) => check.api === api);
  const sessions: Sessions = {};
  if (needs('owner') && owner !== null)
    sessions.owner = new OwnerSession(context, owner, ownerPending, currencies);
  if (needs('workspace') && workspace !== null) {
    const main = await openWorkspace(context, 'workspace', workspace);
    const pending = await tryOpen(context, workspacePending);
    const parties = { main, pending, productId: productId ?? workspace.productId };
    sessions.workspace = new WorkspaceSession(context, parties);
  }
  if (needs('platform') && platform !== null)
    sessions.platform = new PlatformSession(context, platform, fundedAccount);
  return sessions;
}

/** The workspace, or the reason why it is not open: checks that need it are skipped. */
async function tryOpen(context: RunContext, pending: WorkspaceAccess | null) {
  if (pending === null) return 'needs workspacePending: a workspace whose holder has not completed KYC';
  try {
    return await openWorkspace(context, 'workspacePending', pending);
  } catch (error) {
    if (error instanceof WorkspaceClosed) return error.message;
    throw error;
  }
}

function secretsOf({
  owner,
  ownerPending,
  workspace,
  workspacePending,
  platform,
}: Credentials): SecretRedactor {
  const secrets = new SecretRedactor();
  const addKeys = (keys: KeyPair | null, name: string): void => {
    if (keys === null) return;
    secrets.add(keys.apiKey, `API key of ${name}`);
    secrets.add(keys.apiSecret, `API secret of ${name}`);
  };
  const addTokens = (access: WorkspaceAccess | null, name: string): void => {
    secrets.add(access?.accessToken ?? '', `access token of ${name}`);
    secrets.add(access?.refreshToken ?? '', `refresh token of ${name}`);
  };
  addKeys(owner, 'owner');
  addKeys(ownerPending, 'ownerPending');
  addTokens(workspace, 'workspace');
  addTokens(workspacePending, 'workspacePending');
  if (platform === null) return secrets;
  secrets.add(platform.key, 'key of platform');
  secrets.add(platform.secret, 'secret of platform');
  secrets.add((basic(platform).authorization ?? '').replace('Basic ', ''), 'credentials of platform');
  return secrets;
}

function matches(name: string, pattern: string): boolean {
  if (!pattern.includes('*')) return name.includes(pattern);
  const parts = pattern.split('*').map((part) => part.replace(/[^\w/-]/g, (character) => `\\${character}`));
  return new RegExp(`^${parts.join('.*')}$`).test(name);
}
