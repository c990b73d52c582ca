import { API_NAMES, callsIn, readDocument, resolve, responsesIn } from '../support/api-documents.js';
import { keyHeaders } from '../support/tokens.js';
import { createWorld, type World } from '../support/world.js';

describe('A response with data of a tenant', () => {
  it.each(API_NAMES)('has Cache-Control: no-store in every response of the %s document', (api) => {
    const document = readDocument(api);
    for (const { method, path, operation } of callsIn(document)) {
      for (const [status, { headers }] of responsesIn(document, operation)) {
        const { required, schema } = resolve(document, headers['Cache-Control'] ?? {});
        expect({ method, path, status, required, schema }).toMatchObject({
          required: true,
          schema: { enum: ['no-store'] },
        });
      }
    }
  });

  describe('by the server', () => {
    let world: World;
    beforeAll(async () => {
      world = await createWorld();
    });
    afterAll(() => world.close());

    const cacheControlOf = async (path: string, headers = {}): Promise<[number, unknown]> => {
      const answer = await world.send('GET', path, { headers });
      return [answer.status, answer.headers['cache-control']];
    };

    it('has Cache-Control: no-store, also for refusals and unknown paths', async () => {
      const customer = await world.make.aCustomer();
      const owner = await world.make.ownerHeaders(customer);
      const platform = await world.make.platformHeaders(customer.platformId);
      const admin = keyHeaders(await world.make.anAdmin());
      const workspace = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
      expect(await cacheControlOf('/api/v1/accounts', owner)).toEqual([200, 'no-store']);
      expect(await cacheControlOf('/accounts', workspace)).toEqual([200, 'no-store']);
      expect(await cacheControlOf('/customers', platform)).toEqual([200, 'no-store']);
      expect(await cacheControlOf('/raas/v2/accounts', platform)).toEqual([200, 'no-store']);
      expect(await cacheControlOf('/admin/customers', admin)).toEqual([200, 'no-store']);
      expect(await cacheControlOf('/metrics')).toEqual([200, 'no-store']);
      expect(await cacheControlOf('/admin/customers')).toEqual([401, 'no-store']);
      expect(await cacheControlOf('/customers/nobody-here', platform)).toEqual([404, 'no-store']);
      expect(await cacheControlOf('/customers/%zz')).toEqual([404, 'no-store']);
      expect(await cacheControlOf('/nothing')).toEqual([404, 'no-store']);
      expect(await cacheControlOf('/docsets')).toEqual([404, 'no-store']);
    });

    it('is not sent with public responses', async () => {
      for (const path of ['/openapi/owner.json', '/docs', '/health/live', '/.well-known/jwks.json']) {
        const [status, cacheControl] = await cacheControlOf(path);
        expect({ path, isServed: status < 400, cacheControl }).toEqual({
          path,
          isServed: true,
          cacheControl: undefined,
        });
      }
      expect(await cacheControlOf('/docs/swagger-ui.css')).toEqual([200, expect.stringContaining('max-age')]);
    });
  });
});
