import type { KeyHeaders } from './factories.js';
import { type TestResponse, createWorld, type World } from './world.js';

export const SANDBOX_TOKEN = 'the-token-of-a-sandbox-that-tests-use';

/** The response of `POST /sandbox/platforms`. */
export interface SandboxPlatform {
  owner: { apiKey: string; apiSecret: string };
  ownerPending: { apiKey: string; apiSecret: string };
  workspace: { workspaceId: number; accessToken: string; refreshToken: string; productId: number };
  platform: { key: string; secret: string; customerIdentifier: string };
  admin: { key: string; secret: string };
  sandbox: { token: string; platformId: string; refusedProductId: number };
}

export interface Sandbox extends World {
  /** A request of the sandbox API with its token. */
  control(method: string, path: string, body?: unknown): Promise<TestResponse>;
  aMadePlatform(): Promise<SandboxPlatform>;
}

/** The whole app as a sandbox, on a new database. */
export async function createSandbox(): Promise<Sandbox> {
  const world = await createWorld({ SANDBOX: '1', SANDBOX_TOKEN });
  const headers = { authorization: `Bearer ${SANDBOX_TOKEN}` };
  const control: Sandbox['control'] = (method, path, body) =>
    world.send(method, `/sandbox${path}`, { headers, ...(body === undefined ? {} : { body }) });
  return {
    ...world,
    control,
    aMadePlatform: async () => (await control('POST', '/platforms')).body as SandboxPlatform,
  };
}

export const asOwner = ({ owner }: Pick<SandboxPlatform, 'owner'>): KeyHeaders => ({
  'x-api-key': owner.apiKey,
  'x-api-secret': owner.apiSecret,
});

export const asWorkspace = ({ workspace }: SandboxPlatform): KeyHeaders => ({
  authorization: `Bearer ${workspace.accessToken}`,
  'workspace-id': String(workspace.workspaceId),
});

export const asPlatform = ({ platform }: SandboxPlatform): KeyHeaders => basic(platform);

export const asAdmin = ({ admin }: SandboxPlatform): KeyHeaders => ({
  'x-api-key': admin.key,
  'x-api-secret': admin.secret,
});

function basic({ key, secret }: { key: string; secret: string }): KeyHeaders {
  return { authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}` };
}
