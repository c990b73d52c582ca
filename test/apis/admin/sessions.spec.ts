import type { Customer } from '../../../src/entities/customer.entity.js';
import { type AdminClient, anAdminClient, customerId, failed } from '../../support/admin.js';
import { createWorld, type World } from '../../support/world.js';

let world: World;
let operator: AdminClient;
let customer: Customer;

beforeAll(async () => {
  world = await createWorld();
  operator = await anAdminClient(world, 'operator');
  customer = await world.make.aCustomer();
});
afterAll(() => world.close());

async function aSession() {
  const workspace = await world.make.aWorkspace(customer);
  const session = await world.make.aSession(customer.platformId, workspace.id);
  return { ...session, workspace, name: `ses_${customer.platformId}_${session.sessionId}` };
}

it('Sessions are listed by customer and state, without a token', async () => {
  const { name, workspace, refreshToken, accessToken } = await aSession();
  const { body, text } = await operator.get(`/sessions?customer=${customerId(customer)}&state=live`);
  expect(body.items).toEqual([
    expect.objectContaining({
      id: name,
      workspace: `wsp_${customer.platformId}_${workspace.id}`,
      customer: customerId(customer),
      holderName: customer.displayName,
      state: 'live',
      endedAt: null,
    }),
  ]);
  expect(text).not.toContain(refreshToken.value);
  expect(text).not.toContain(accessToken);
});

it('A session ended by an admin is refused within a second, for both of its tokens, and stays ended', async () => {
  const { name, accessToken, refreshToken, workspace } = await aSession();
  const headers = { authorization: `Bearer ${accessToken}`, 'workspace-id': workspace.id };
  const call = async (): Promise<number> => (await world.send('GET', '/accounts', { headers })).status;
  expect(await call()).toBe(200);
  const ended = await operator.post(`/sessions/${name}/end`);
  expect([ended.status, ended.body.state]).toEqual([200, 'ended']);
  const deadline = Date.now() + 1_000;
  while ((await call()) === 200 && Date.now() < deadline) await new Promise(setImmediate);
  expect(await call()).toBe(401);
  const refreshed = await world.send('POST', '/sessions/tokens', {
    headers: { authorization: `Bearer ${refreshToken.value}` },
  });
  expect(refreshed.status).toBe(401);
  expect(failed(await operator.post(`/sessions/${name}/end`))).toEqual([409, 'transition_not_allowed']);
  const [entry] = await operator.trailOf(name);
  expect(entry).toMatchObject({ action: 'session.ended', reason: 'asked for in a test' });
});

it('A session that does not exist is not found', async () => {
  expect((await operator.get('/sessions/ses_1_999999')).status).toBe(404);
  expect((await operator.post('/sessions/ses_1_999999/end')).status).toBe(404);
});
