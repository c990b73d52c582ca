import { systemContext } from '../../src/audit/audit-context.js';
import { JurisdictionsService } from '../../src/jurisdictions/jurisdictions.service.js';
import { KycService } from '../../src/customers/kyc.service.js';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

const TWINS = 200;
const ACT = systemContext('test', 'a race');

interface Opening {
  path: string;
  headers: KeyHeaders;
  body: object;
  /** SQL condition that selects the accounts this opening may have made. */
  where: string;
}

interface Result {
  status: number;
  text: string;
  replayed: boolean;
  startedAt: number;
}

let world: World;
let apps: AppProcess[];

beforeAll(async () => {
  world = await createWorld();
  apps = await Promise.all([startAppProcess(world.databaseUrl), startAppProcess(world.databaseUrl)]);
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await world.close();
});

/** Sends one request to one of the two processes, alternately. */
async function post({ path, headers, body }: Opening, turn: number, more: KeyHeaders = {}): Promise<Result> {
  const startedAt = performance.now();
  const response = await fetch(`${apps[turn % apps.length]?.url ?? ''}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers, ...more },
    body: JSON.stringify(body),
  });
  const replayed = response.headers.get('idempotent-replayed') === 'true';
  return { status: response.status, text: await response.text(), replayed, startedAt };
}

const APIS = {
  owner: {
    created: 201,
    duplicate: 409,
    duplicateCode: 'account_exists',
    opening: async (): Promise<Opening> => {
      const customer = await world.make.aCustomer();
      const where = `channel = 'owner' AND customer_id = ${customer.id}`;
      return {
        path: '/api/v1/accounts',
        headers: await world.make.ownerHeaders(customer),
        body: { currency: 'ZAR' },
        where,
      };
    },
  },
  workspace: {
    created: 200,
    duplicate: 400,
    duplicateCode: 'account_already_exists',
    opening: async (): Promise<Opening> => {
      const customer = await world.make.aCustomer({ countryOfResidence: 'US' });
      const where = `channel = 'workspace' AND customer_id = ${customer.id}`;
      const headers = await world.make.workspaceHeaders(await world.make.aWorkspace(customer));
      return { path: '/accounts', headers, body: { productID: 7, alias: 'USD Account' }, where };
    },
  },
  platform: {
    created: 201,
    duplicate: 409,
    duplicateCode: '409.018',
    opening: async (): Promise<Opening> => {
      const customer = await world.make.aCustomer();
      const body = { accountIdentifier: 'the-one', displayName: 'The one', contactEmail: 'a@example.com' };
      return {
        path: `/customers/${customer.identifier}/accounts`,
        headers: await world.make.platformHeaders(customer.platformId),
        body,
        where: `channel = 'platform' AND customer_id = ${customer.id}`,
      };
    },
  },
};

describe.each(Object.entries(APIS))(
  '200 identical openings at once over two processes, %s API',
  (_name, api) => {
    const race = (opening: Opening, more: (turn: number) => KeyHeaders): Promise<Result[]> =>
      Promise.all(Array.from({ length: TWINS }, (_, turn) => post(opening, turn, more(turn))));

    const expectOneAndDuplicates = async (opening: Opening, results: Result[]): Promise<void> => {
      expect(await world.count('accounts', opening.where)).toBe(1);
      expect(
        await world.count('balances', `account_id IN (SELECT id FROM accounts WHERE ${opening.where})`),
      ).toBe(1);
      const won = results.filter(({ status }) => status === api.created);
      const lost = results.filter(({ status }) => status === api.duplicate);
      expect([won.length, lost.length]).toEqual([1, TWINS - 1]);
      expect(lost.every(({ text }) => text.includes(api.duplicateCode))).toBe(true);
    };

    it('leave one account and otherwise duplicates without an Idempotency-Key', async () => {
      const opening = await api.opening();
      await expectOneAndDuplicates(opening, await race(opening, () => ({})));
    });

    it('leave one account and otherwise duplicates with a different key each', async () => {
      const opening = await api.opening();
      const results = await race(opening, (turn) => ({ 'idempotency-key': `key-${turn}` }));
      await expectOneAndDuplicates(opening, results);
      expect(results.filter(({ replayed }) => replayed)).toEqual([]);
    });

    it('leave one account and otherwise its replay with one key', async () => {
      const opening = await api.opening();
      const results = await race(opening, () => ({ 'idempotency-key': 'one-key' }));
      expect(await world.count('accounts', opening.where)).toBe(1);
      expect(new Set(results.map(({ status }) => status))).toEqual(new Set([api.created]));
      expect(new Set(results.map(({ text }) => text)).size).toBe(1);
      expect(results.filter(({ replayed }) => !replayed)).toHaveLength(1);
    });
  },
);

describe('A change while openings run over two processes', () => {
  /** Opens account after account, ten at a time, until `act` is done and 50 more responses arrived. */
  async function openWhile(
    act: () => Promise<unknown>,
  ): Promise<{ results: Result[]; acknowledgedAt: number }> {
    const customer = await world.make.aCustomer({ countryOfResidence: 'GB' });
    subject = customer;
    const headers = await world.make.platformHeaders(customer.platformId);
    const path = `/customers/${customer.identifier}/accounts`;
    const results: Result[] = [];
    let going = true;
    let number = 0;
    const client = async (turn: number): Promise<void> => {
      while (going) {
        const accountIdentifier = `account-${++number}`;
        const body = { accountIdentifier, displayName: 'Account', contactEmail: 'a@example.com' };
        results.push(await post({ path, headers, body, where: '' }, turn));
      }
    };
    const clients = Array.from({ length: 10 }, (_, turn) => client(turn));
    while (results.length < 50) await new Promise(setImmediate);
    await act();
    const acknowledgedAt = performance.now();
    const enough = results.length + 50;
    while (results.length < enough) await new Promise(setImmediate);
    going = false;
    await Promise.all(clients);
    return { results, acknowledgedAt };
  }

  let subject: { platformId: string; id: string };

  async function expectNoneAfter(run: Awaited<ReturnType<typeof openWhile>>, refusal: string): Promise<void> {
    const created = run.results.filter(({ status }) => status === 201);
    const after = run.results.filter(({ startedAt }) => startedAt > run.acknowledgedAt);
    expect(created.length).toBeGreaterThan(0);
    expect(after.length).toBeGreaterThan(0);
    expect(after.filter(({ text }) => !text.includes(refusal))).toEqual([]);
    expect(await world.count('accounts', `customer_id = ${subject.id}`)).toBe(created.length);
  }

  it('refuses every opening that starts after KYC was revoked', async () => {
    const run = await openWhile(() =>
      world.app.get(KycService).move({ customer: subject, transition: 'reopen', context: ACT, claim: null }),
    );
    await expectNoneAfter(run, '403.020');
  });

  it('refuses every opening that starts after the currency was disabled', async () => {
    const jurisdictions = world.app.get(JurisdictionsService);
    const usd = (enabled: boolean) =>
      jurisdictions.setCurrencyEnabled('GB', { currencyCode: 'USD', enabled }, { audit: ACT, claim: null });
    const run = await openWhile(() => usd(false));
    await expectNoneAfter(run, '400.011');
    await usd(true);
  });
});
