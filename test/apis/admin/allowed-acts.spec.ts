import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ACCOUNT_TRANSITIONS, ACCOUNT_MACHINE } from '../../../src/accounts/lifecycle/account-machine.js';
import { CUSTOMER_MACHINE } from '../../../src/customers/customer-administration.service.js';
import { KYC_MACHINE } from '../../../src/customers/kyc-machine.js';
import { EMAIL_MACHINE } from '../../../src/mail/email-machine.js';
import { PLATFORM_MACHINE } from '../../../src/platforms/platforms.service.js';
import { PRODUCT_MACHINE } from '../../../src/products/product-administration.service.js';
import { assertNextState, type StateMachine } from '../../../src/shared/state-machine.js';
import { WEBHOOK_MACHINE } from '../../../src/webhooks/webhook-list.js';
import { AppError } from '../../../src/shared/app-error.js';
import { type AdminClient, anAdminClient } from '../../support/admin.js';
import {
  callsIn,
  examplesIn,
  type Part,
  readDocument,
  resolve,
  responsesIn,
} from '../../support/api-documents.js';
import { createWorld, type World } from '../../support/world.js';

type AnyMachine = StateMachine<string, string>;

/** The state machines by the name of their declaration, each with the path of the resource it belongs to. */
const MACHINES: Record<string, [machine: AnyMachine, path: string]> = {
  ACCOUNT_MACHINE: [ACCOUNT_MACHINE, '/admin/accounts/{id}'],
  CUSTOMER_MACHINE: [CUSTOMER_MACHINE, '/admin/customers/{id}'],
  EMAIL_MACHINE: [EMAIL_MACHINE, '/admin/emails/{id}'],
  KYC_MACHINE: [KYC_MACHINE, '/admin/kyc-cases/{id}'],
  PLATFORM_MACHINE: [PLATFORM_MACHINE, '/admin/platforms/{id}'],
  PRODUCT_MACHINE: [PRODUCT_MACHINE, '/admin/products/{id}'],
  WEBHOOK_MACHINE: [WEBHOOK_MACHINE, '/admin/webhooks/{id}'],
};

const document = readDocument('admin');
const calls = callsIn(document);

/** The acts of a resource for which the document has operations. */
function actsAt(thing: string): string[] {
  return calls
    .filter(({ method, path }) => method === 'post' && path.startsWith(`${thing}/`))
    .flatMap(({ path, operation }) => {
      const act = path.slice(thing.length + 1);
      const parameters: Part[] = operation.parameters.map((one: Part) => resolve(document, one));
      return act === '{act}' ? parameters.find(({ name }) => name === 'act').schema.enum : [act];
    });
}

/** The acts that refusals offer, for each act in each state that forbids it. */
function offeredBy(machine: AnyMachine): string[] {
  const states = Object.values(machine).flatMap(({ from, to }) => [...from, to]);
  return states.flatMap((state) =>
    Object.keys(machine).flatMap((act) => {
      try {
        assertNextState(machine, state, act);
        return [];
      } catch (error) {
        return [...((error as AppError).details.allowedActs ?? [])];
      }
    }),
  );
}

describe('The acts that a refusal offers', () => {
  it.each(Object.entries(MACHINES))(
    'by %s are answered by routes of the document',
    (_name, [machine, path]) => {
      const acts = actsAt(path);
      expect(acts).not.toEqual([]);
      for (const act of offeredBy(machine)) expect(acts).toContain(act);
    },
  );

  it('are tested here for every state machine in the sources', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.ts'),
    );
    const declared = files.flatMap((name) => [
      ...readFileSync(join('src', name), 'utf8').matchAll(/^(?:export )?const (\w+): StateMachine</gm),
    ]);
    expect(declared.map(([, name]) => name).sort()).toEqual(Object.keys(MACHINES));
  });

  it('in the document are those of the resource of the operation', () => {
    const wrong = calls.flatMap(({ path, operation }) => {
      const thing = path.startsWith('/kyc/') ? '/admin/kyc-cases/{id}' : (/^.*?\}/.exec(path)?.[0] ?? path);
      const bodies = responsesIn(document, operation)
        .flatMap(([, response]) => Object.values<Part>(response.content ?? {}))
        .flatMap((media) => examplesIn(document, media));
      const offered: string[] = bodies.flatMap(({ allowedActs = [] }) => allowedActs);
      return offered.filter((act) => !actsAt(thing).includes(act)).map((act) => `${path}: ${act}`);
    });
    expect(wrong).toEqual([]);
  });
});

describe('The refusal of an act', () => {
  let world: World;
  let admin: AdminClient;
  beforeAll(async () => {
    world = await createWorld();
    admin = await anAdminClient(world);
  });
  afterAll(() => world.close());

  /** An account of the platform API, which cannot be reopened. */
  async function anAccount(name: string): Promise<string> {
    const customer = await world.make.aCustomer();
    const headers = await world.make.platformHeaders(customer.platformId);
    const body = { accountIdentifier: name, displayName: 'An account', contactEmail: 'a@example.com' };
    await world.send('POST', `/customers/${customer.identifier}/accounts`, { headers, body });
    return (await admin.get(`/accounts?accountIdentifier=${name.toUpperCase()}`)).body.items[0].id;
  }

  it.each([
    ['active', []],
    ['frozen', ['freeze']],
    ['disabled', ['disable']],
    ['closed', ['close']],
  ])('on an account that is %s offers the acts that the account shows', async (state, before) => {
    const id = await anAccount(`of-platform-${state}`);
    for (const act of before) await admin.post(`/accounts/${id}/${act}`);
    const { status, allowedActs } = (await admin.get(`/accounts/${id}`)).body;
    const refusedActs = ACCOUNT_TRANSITIONS.filter((act) => !allowedActs.includes(act));
    const refusals = [];
    for (const act of refusedActs) refusals.push((await admin.post(`/accounts/${id}/${act}`)).body);
    expect(status).toBe(state);
    expect(refusals.length).toBeGreaterThan(0);
    for (const refusal of refusals)
      expect(refusal).toMatchObject({ code: 'transition_not_allowed', state, allowedActs });
  });

  it('on a currency offers the opposite act', async () => {
    const enabled = await admin.post('/currencies/EUR/enable');
    expect(enabled.body).toMatchObject({ state: 'enabled', allowedActs: ['disable'] });
    await admin.post('/currencies/EUR/disable');
    const disabled = await admin.post('/currencies/EUR/disable');
    expect(disabled.body).toMatchObject({ state: 'disabled', allowedActs: ['enable'] });
  });
});
