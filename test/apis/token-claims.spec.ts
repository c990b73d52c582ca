import { type JWTHeaderParameters, type JWTPayload, SignJWT } from 'jose';
import { SigningKeys } from '../../src/auth/signing-keys.service.js';
import { Environment } from '../../src/config/env.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

type Api = 'workspace' | 'platform' | 'admin';
const APIS: readonly Api[] = ['workspace', 'platform', 'admin'];
const PATHS: Readonly<Record<Api, string>> = {
  workspace: '/accounts',
  platform: '/customers',
  admin: '/admin/customers',
};

/** Claims of the wrong type or form, which replace those of a valid token. */
const WRONG: [name: string, claims: Record<string, unknown>][] = [
  ['sub a number', { sub: 1 }],
  ['sub a word', { sub: 'me' }],
  ['sub empty', { sub: '' }],
  ['sub a list', { sub: ['1'] }],
  ['sub beyond a bigint', { sub: '9'.repeat(30) }],
  ['sub with a NUL byte', { sub: '1\u0000' }],
  ['no sub', { sub: undefined }],
  ['tid a number', { tid: 1 }],
  ['tid a word', { tid: 'x' }],
  ['tid an object', { tid: { id: '1' } }],
  ['no tid', { tid: undefined }],
  ['scope a list', { scope: ['accounts:read', 'customers:read', 'admin:read'] }],
  ['scope a number', { scope: 7 }],
  ['no scope', { scope: undefined }],
  ['aud a list', { aud: ['workspace', 'platform', 'admin'] }],
  ['aud another', { aud: 'owner' }],
  ['aud an object', { aud: { is: 'admin' } }],
  ['aud of every object', { aud: 'toString' }],
  ['no aud', { aud: undefined }],
  ['exp a text', { exp: '9999999999' }],
  ['exp beyond every time', { exp: 1e300 }],
  ['no exp', { exp: undefined }],
];

describe('An access token that this server signed', () => {
  let world: World;
  let good: Record<Api, JWTPayload>;
  let more: Record<Api, KeyHeaders>;

  beforeAll(async () => {
    world = await createWorld();
    const { make } = world;
    const customer = await make.aCustomer();
    const { platformId } = customer;
    const workspace = await make.aWorkspace(customer);
    const { sessionId } = await make.aSession(platformId, workspace.id);
    const platform = await make.aPlatformKey(platformId);
    const admin = await make.anAdmin();
    const scope = 'accounts:read customers:read admin:read';
    good = {
      workspace: { aud: 'workspace', tid: platformId, sub: sessionId, scope },
      platform: { aud: 'platform', tid: platformId, sub: platform.id, scope },
      admin: { aud: 'admin', tid: admin.platformId, sub: admin.id, scope },
    };
    more = { workspace: { 'workspace-id': workspace.id }, platform: {}, admin: {} };
  });
  afterAll(() => world.close());

  /** Signed with the server's key, with the given claims. */
  async function signed(
    claims: Record<string, unknown>,
    header: Partial<JWTHeaderParameters> = {},
  ): Promise<string> {
    const { tokenIssuer } = world.app.get(Environment);
    const { kid, privateKey } = await world.app.get(SigningKeys).getSigner();
    const seconds = Math.floor(Date.now() / 1_000);
    const times = { iat: seconds, iat_ms: Date.now(), exp: seconds + 600 };
    const all = { iss: tokenIssuer, jti: 'of a test', ...times, ...claims };
    return new SignJWT(all)
      .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid, ...header })
      .sign(privateKey);
  }

  async function statusOf(
    api: Api,
    claims: Record<string, unknown>,
    header: Partial<JWTHeaderParameters> = {},
  ): Promise<number> {
    const headers = { ...more[api], authorization: `Bearer ${await signed(claims, header)}` };
    return (await world.send('GET', PATHS[api], { headers })).status;
  }

  describe.each(APIS)('is, in the %s API', (api) => {
    it('accepted with valid claims', async () => {
      expect(await statusOf(api, good[api])).toBe(200);
    });

    it.each(WRONG)('refused with %s', async (_name, claims) => {
      expect(await statusOf(api, { ...good[api], ...claims })).toBe(401);
    });

    it.each([undefined, '', 'another'])('refused with the key id %s', async (kid) => {
      expect(await statusOf(api, good[api], { kid })).toBe(401);
    });

    it.each(APIS.filter((other) => other !== api))('refused when it is for the %s API', async (other) => {
      expect(await statusOf(api, { ...good[api], aud: other })).toBe(401);
      expect(await statusOf(api, good[other])).toBe(401);
    });
  });
});
