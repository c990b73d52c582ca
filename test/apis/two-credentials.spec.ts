import type { KeyHeaders } from '../support/factories.js';
import { basicOf, bearerWith, keyHeaders } from '../support/tokens.js';
import { type TestResponse, createWorld, type World } from '../support/world.js';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** The ways to present a credential of one kind of caller, all valid, and a request that accepts them. */
interface Ways {
  path: string;
  more?: KeyHeaders;
  ways: Record<string, KeyHeaders>;
  /** Members of the refusal in the API's own shape. */
  refusal: object;
}

describe('Two credentials in one request', () => {
  let world: World;
  let apis: Record<'owner' | 'workspace' | 'platform' | 'admin', Ways>;

  beforeAll(async () => {
    world = await createWorld();
    const { make } = world;
    const customer = await make.aCustomer();
    const owner = await make.anOwnerKey(customer);
    const platform = await make.aPlatformKey(customer.platformId);
    const admin = await make.anAdmin();
    const { authorization = '', ...workspaceId } = await make.workspaceHeaders(
      await make.aWorkspace(customer),
    );
    const problem = { code: 'credentials_invalid' };
    apis = {
      owner: { path: '/api/v1/accounts', ways: { keys: keyHeaders(owner) }, refusal: problem },
      workspace: {
        path: '/accounts',
        more: workspaceId,
        ways: { bearer: { authorization } },
        refusal: { errorCode: 'unauthorized' },
      },
      platform: {
        path: '/customers',
        ways: {
          keys: keyHeaders(platform),
          basic: basicOf(platform),
          bearer: await bearerWith(world, basicOf(platform)),
        },
        refusal: { i18nKey: '401.002' },
      },
      admin: {
        path: '/admin/customers',
        ways: { keys: keyHeaders(admin), bearer: await bearerWith(world, basicOf(admin)) },
        refusal: problem,
      },
    };
  });
  afterAll(() => world.close());

  it.each(['owner', 'workspace', 'platform', 'admin'] as const)('are refused by the %s API', async (api) => {
    const { path, more = {}, ways, refusal } = apis[api];
    for (const [way, headers] of Object.entries(ways)) {
      const own = { ...more, ...headers };
      expect([way, (await world.send('GET', path, { headers: own })).status]).toEqual([way, 200]);
      const others: KeyHeaders[] =
        'authorization' in headers
          ? [{ 'x-api-key': 'vk_1_x' }, { 'x-api-secret': 'x' }, keyHeaders({ key: 'vk_1_x', secret: 'x' })]
          : [{ authorization: 'Basic eDp5' }, { authorization: 'Bearer x' }, { authorization: 'Digest x' }];
      for (const other of [...others, ...goodOnes(ways, headers)]) {
        const { status, body } = await world.send('GET', path, { headers: { ...own, ...other } });
        expect({ way, other, status, body }).toMatchObject({ way, other, status: 401, body: refusal });
      }
    }
  });

  it('get the admin document as without credentials', async () => {
    const both = Object.assign({}, ...Object.values(apis.admin.ways)) as KeyHeaders;
    const shown = await world.send('GET', '/openapi/admin.json', { headers: both });
    expect(shown.text).toBe((await world.send('GET', '/openapi/admin.json')).text);
  });

  it('are refused when refreshing a token, which stays unused', async () => {
    const customer = await world.make.aCustomer();
    const { refreshToken } = await world.make.aSession(customer.platformId, null);
    const bearer = { authorization: `Bearer ${refreshToken.value}` };
    const refresh = (headers: KeyHeaders): Promise<TestResponse> =>
      world.send('POST', '/sessions/tokens', { headers });
    expect((await refresh({ ...bearer, 'x-api-key': 'vk_1_x' })).status).toBe(401);
    expect((await refresh(bearer)).status).toBe(200);
  });

  describe('at the token endpoint (RFC 6749 §2.3)', () => {
    const grant = { grant_type: 'client_credentials' };
    const token = (fields: Record<string, string>, headers: KeyHeaders): Promise<TestResponse> =>
      world.send('POST', '/oauth/token', {
        headers: { ...FORM, ...headers },
        raw: new URLSearchParams(fields).toString(),
      });
    const invalidRequest = { error: 'invalid_request', i18nKey: '400.001', httpCode: 400 };

    it('are an invalid request: two headers, or a header and the form', async () => {
      const { keys = {}, basic = {} } = apis.platform.ways;
      const inForm = {
        ...grant,
        client_id: String(keys['x-api-key']),
        client_secret: String(keys['x-api-secret']),
      };
      for (const answer of [
        await token(grant, { ...keys, ...basic }),
        await token(inForm, basic),
        await token(inForm, keys),
        await token({ ...grant, client_secret: 'another' }, basic),
      ]) {
        expect([answer.status, answer.body]).toEqual([400, expect.objectContaining(invalidRequest)]);
      }
    });

    it('do not include a client_id alone or an empty field', async () => {
      const { basic = {} } = apis.platform.ways;
      expect((await token({ ...grant, client_id: 'me' }, basic)).status).toBe(200);
      // RFC 6749 §3.2: a parameter without a value counts as omitted.
      expect((await token({ ...grant, client_id: '', client_secret: '' }, basic)).status).toBe(200);
    });

    it('reveal nothing about the form of the body to an unauthenticated caller', async () => {
      const wrong = await token({ ...grant, client_secret: 'x' }, { authorization: 'Basic eDp5' });
      expect([wrong.status, wrong.body.error]).toEqual([401, 'invalid_client']);
    });
  });
});

/** The other ways of the same caller that use different headers than this one. */
function goodOnes(ways: Record<string, KeyHeaders>, headers: KeyHeaders): KeyHeaders[] {
  return Object.values(ways).filter((other) => Object.keys(other).every((name) => !(name in headers)));
}
