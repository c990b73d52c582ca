import { VERSION } from '../../src/config/version.js';
import { createWorld, type World } from '../support/world.js';

let world: World;
beforeAll(async () => {
  world = await createWorld();
});
afterAll(() => world.close());

describe('The liveness probe', () => {
  it('reports the version', async () => {
    const { status, body } = await world.send('GET', '/health/live');
    expect([status, body]).toEqual([200, { status: 'ok', version: VERSION }]);
  });
});

describe('The root path', () => {
  it('redirects a browser to Swagger UI', async () => {
    const headers = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
    const { status, headers: answered } = await world.send('GET', '/', { headers });
    expect([status, answered.location]).toEqual([302, '/docs']);
  });

  it.each([['*/*'], ['application/json'], ['text/html;q=0, */*'], ['text/html;q=0.5, application/json']])(
    'lists the documents for a client that accepts %s',
    async (accept) => {
      const { status, body } = await world.send('GET', '/', { headers: { accept } });
      expect([status, body.docs]).toEqual([200, '/docs']);
      for (const path of Object.values<string>(body.documents)) {
        const document = await world.send('GET', path);
        expect([path, document.status]).toEqual([path, 200]);
      }
      expect(Object.keys(body.documents)).toEqual(['owner', 'workspace', 'platform', 'admin']);
    },
  );
});
