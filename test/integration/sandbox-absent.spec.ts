import { createApp } from '../../src/configure-app.js';
import { Clock } from '../../src/shared/clock.js';
import { SANDBOX_TOKEN } from '../support/sandbox.js';
import { testEnvironment } from '../support/test-environment.js';
import { createWorld, type World } from '../support/world.js';

/** The features of a sandbox have no effect in any other bank. */
let world: World;

beforeAll(async () => {
  world = await createWorld({ SANDBOX: '0', SANDBOX_TOKEN });
});
afterAll(() => world.close());

describe('A bank that is no sandbox', () => {
  it('treats a customer with a magic name like any other', async () => {
    const { id } = await world.make.aPlatform();
    const headers = await world.make.platformHeaders(id);
    for (const kyc of ['pending', 'rejected', 'expired']) {
      const customer = { customerIdentifier: `c-kyc-${kyc}`, displayName: `Of kyc-${kyc}` };
      expect((await world.send('POST', '/customers', { headers, body: customer })).status).toBe(201);
      const account = {
        accountIdentifier: `account-${kyc}`,
        displayName: 'One',
        contactEmail: 'a@example.com',
      };
      const path = `/customers/c-kyc-${kyc}/accounts`;
      const body = { ...account, displayName: 'Account one' };
      expect((await world.send('POST', path, { headers, body })).status).toBe(201);
    }
  });

  it('ignores the forcing header', async () => {
    const headers = await world.make.ownerHeaders(await world.make.aCustomer());
    for (const what of ['status=503', 'status=429', 'status=500', 'latency=30000', 'nonsense']) {
      const answer = await world.send('GET', '/api/v1/accounts', {
        headers: { ...headers, 'vostro-sandbox': what },
      });
      expect(answer.status).toBe(200);
    }
  });

  it.each([
    ['GET', '/sandbox/clock'],
    ['PUT', '/sandbox/clock'],
    ['POST', '/sandbox/clock'],
    ['DELETE', '/sandbox/clock'],
    ['POST', '/sandbox/platforms'],
    ['POST', '/sandbox/platforms/plt_1/reset'],
    ['GET', '/openapi/sandbox.json'],
  ])('does not serve %s %s', async (method, path) => {
    const headers = { authorization: `Bearer ${SANDBOX_TOKEN}` };
    const answer = await world.send(method, path, { headers });
    expect([answer.status, answer.body.code]).toEqual([404, 'route_not_found']);
  });

  it('does not list the document of a sandbox', async () => {
    const page = await world.send('GET', '/docs/swagger-ui-init.js');
    expect(page.text).toContain('/openapi/owner.json');
    expect(page.text).not.toContain('/openapi/sandbox.json');
  });

  it('has neither the refused currency nor the mark of a sandbox', async () => {
    expect(await world.count('currencies', `code = 'XTS'`)).toBe(0);
    expect(await world.count('pg_namespace', `nspname = 'sandbox'`)).toBe(0);
  });

  it('uses the real time', () => {
    expect(world.app.get(Clock).constructor).toBe(Clock);
  });

  it('cannot be made a sandbox by a variable once it has data', async () => {
    await world.make.aPlatform();
    const env = testEnvironment(world.databaseUrl, { SANDBOX: '1', SANDBOX_TOKEN });
    await expect(createApp(env)).rejects.toThrow('no sandbox made');
    expect(await world.count('pg_namespace', `nspname = 'sandbox'`)).toBe(0);
    expect(await world.count('currencies', `code = 'XTS'`)).toBe(0);
  });
});
