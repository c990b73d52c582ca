import type { Customer } from '../../src/entities/customer.entity.js';
import { MAX_ENTRIES } from '../../src/idempotency/refusal-summaries.service.js';
import { toTenantId } from '../../src/shared/object-id.js';
import { until } from '../support/until.js';
import { caseId, customerId, REASON } from '../support/admin.js';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import type { KeyHeaders } from '../support/factories.js';
import { createWorld, type World } from '../support/world.js';

const ROUNDS = 10;
/** Of each of three clients of a process: together less than the refusals that get an entry each in a minute. */
const MAX_REFUSALS = Math.floor(MAX_ENTRIES / 3);

let world: World;
let apps: AppProcess[];
let first: KeyHeaders;
let second: KeyHeaders;

beforeAll(async () => {
  world = await createWorld();
  apps = await Promise.all([startAppProcess(world.databaseUrl), startAppProcess(world.databaseUrl)]);
  first = await world.make.adminHeaders();
  second = await world.make.adminHeaders();
});

afterAll(async () => {
  await Promise.all(apps.map((app) => app.stop()));
  await world.close();
});

interface Result {
  status: number;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- any response body
  body: any;
}

/** Sends to one of the two processes, alternately. */
async function send(
  turn: number,
  method: string,
  path: string,
  headers: KeyHeaders,
  body?: object,
): Promise<Result> {
  const response = await fetch(`${apps[turn % 2]?.url ?? ''}${path}`, {
    method,
    headers: { ...headers, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

const post = (turn: number, path: string, headers: KeyHeaders, body: object = {}): Promise<Result> =>
  send(turn, 'POST', `/admin${path}`, headers, { reason: REASON, ...body });

/** The actions recorded for an object, oldest first. */
async function done(objectId: string): Promise<string[]> {
  const rows = await world.dataSource.query<{ action: string }[]>(
    `SELECT action FROM audit_entries WHERE object_id = $1 AND outcome = 'done' ORDER BY id`,
    [objectId],
  );
  return rows.map(({ action }) => action);
}

async function anAccount(): Promise<{ id: string; customer: Customer }> {
  const customer = await world.make.aCustomer();
  const headers = await world.make.ownerHeaders(customer);
  await world.send('POST', '/api/v1/accounts', { headers, body: { currency: 'ZAR' } });
  const [{ id }] = await world.dataSource.query<[{ id: string }]>(
    'SELECT id FROM accounts WHERE customer_id = $1',
    [customer.id],
  );
  return { id: toTenantId('acc', customer.platformId, id), customer };
}

const statuses = (results: Result[]): number[] => results.map(({ status }) => status).sort();

describe('Two concurrent admins on two processes', () => {
  it('freeze against close: one wins, and the audit trail agrees with the state', async () => {
    const winners = new Set<string>();
    for (let round = 0; round < ROUNDS; round++) {
      const { id } = await anAccount();
      const results = await Promise.all([
        post(round, `/accounts/${id}/freeze`, first),
        post(round + 1, `/accounts/${id}/close`, second),
      ]);
      expect(statuses(results)).toEqual([200, 409]);
      const { status } = (await send(0, 'GET', `/admin/accounts/${id}`, first)).body;
      expect(await done(id)).toEqual(['account.opened', `account.${status}`]);
      winners.add(status);
    }
    expect([...winners].every((status) => ['frozen', 'closed'].includes(status))).toBe(true);
  });

  it('approve twice: the effect is executed once', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const customer = await world.make.aCustomer();
      const asked = await post(0, `/customers/${customerId(customer)}/jurisdiction-override`, first, {
        jurisdiction: 'GB',
      });
      const third = round % 2 === 0 ? second : await world.make.adminHeaders();
      const results = await Promise.all([
        post(0, `/approvals/${asked.body.id}/approve`, second),
        post(1, `/approvals/${asked.body.id}/approve`, third),
      ]);
      expect(statuses(results)).toEqual([200, 409]);
      expect(
        (await done(customerId(customer))).filter((action) => /overridden|approved/.test(action)),
      ).toHaveLength(2);
    }
  });

  it('approve against refuse: one wins, and the other has no effect', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const customer = await world.make.aCustomer();
      const path = `/customers/${customerId(customer)}/jurisdiction-override`;
      const { body } = await post(0, path, first, { jurisdiction: 'GB' });
      const results = await Promise.all([
        post(round, `/approvals/${body.id}/approve`, second),
        post(round + 1, `/approvals/${body.id}/refuse`, second),
      ]);
      expect(statuses(results)).toEqual([200, 409]);
      const { status } = (await send(0, 'GET', `/admin/approvals/${body.id}`, first)).body;
      const { jurisdictionOverride } = (
        await send(0, 'GET', `/admin/customers/${customerId(customer)}`, first)
      ).body;
      expect(jurisdictionOverride).toBe(status === 'approved' ? 'GB' : null);
    }
  });

  it('request the same twice: one request is pending', async () => {
    const customer = await world.make.aCustomer();
    const path = `/customers/${customerId(customer)}/jurisdiction-override`;
    const results = await Promise.all(
      Array.from({ length: 10 }, (_, turn) =>
        post(turn, path, turn % 3 ? first : second, { jurisdiction: 'GB' }),
      ),
    );
    expect(statuses(results)).toEqual([202, ...Array.from({ length: 9 }, () => 409)]);
  });

  it('decide one KYC case: one decision takes effect', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const customer = await world.make.aCustomer({ kycStatus: 'pending' });
      const results = await Promise.all([
        post(round, `/kyc-cases/${caseId(customer)}/approve`, first, { evidence: 'case 1' }),
        post(round + 1, `/kyc-cases/${caseId(customer)}/reject`, second),
      ]);
      expect(statuses(results)).toEqual([200, 409]);
      const { status } = (await send(0, 'GET', `/admin/kyc-cases/${caseId(customer)}`, first)).body;
      expect(await done(caseId(customer))).toEqual([`kyc.${status}`]);
    }
  });

  it('approve one rotation: its secret is created once', async () => {
    const third = await world.make.adminHeaders();
    for (let round = 0; round < 5; round++) {
      const customer = await world.make.aCustomer();
      const issued = await world.make.anOwnerKey(customer);
      const name = `crd_${customer.platformId}_${issued.id}`;
      const requested = await post(0, `/credentials/${name}/rotate`, third);
      const path = `/approvals/${requested.body.id}`;
      const results = await Promise.all([
        post(0, `${path}/approve`, first),
        post(1, `${path}/approve`, second),
      ]);
      expect(statuses(results)).toEqual([200, 409]);
      expect((await done(name)).filter((action) => action === 'credential.rotated')).toHaveLength(1);
      const secrets = await Promise.all([post(0, `${path}/secret`, third), post(1, `${path}/secret`, third)]);
      expect(statuses(secrets)).toEqual([200, 409]);
    }
  });
});

describe('An owner that rotates its key twice concurrently on two processes', () => {
  it('gets two secrets: only the later one and the one before it are valid', async () => {
    for (let round = 0; round < 5; round++) {
      const issued = await world.make.anOwnerKey(await world.make.aCustomer());
      const headersWith = (secret: string) => ({ 'x-api-key': issued.key, 'x-api-secret': secret });
      const path = `/api/v1/api-keys/${issued.key}/rotate`;
      const results = await Promise.all(
        [0, 1].map((turn) => send(turn, 'POST', path, headersWith(issued.secret), {})),
      );
      expect(statuses(results)).toEqual([200, 200]);
      const works = async (secret: string): Promise<boolean> =>
        (await send(round, 'GET', '/api/v1/accounts', headersWith(secret))).status === 200;
      const secrets = [issued.secret, ...results.map(({ body }): string => body.secret)];
      const isInForce = async () =>
        JSON.stringify(await Promise.all(secrets.map(works))) === '[false,true,true]';
      await until(isInForce, { what: 'both rotations on every process', withinMs: 1_000 });
    }
  });
});

describe('A revocation while the key is used on two processes', () => {
  it('ends it everywhere within a second, and no account is opened after', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'GB' });
    const { id, key, secret } = await world.make.aPlatformKey(customer.platformId);
    const headers = { 'x-api-key': key, 'x-api-secret': secret };
    const results: { status: number; startedAt: number }[] = [];
    let going = true;
    let number = 0;
    const client = async (turn: number): Promise<void> => {
      while (going) {
        const startedAt = performance.now();
        const account = {
          accountIdentifier: `used-${++number}`,
          displayName: 'Used up',
          contactEmail: 'a@b.example',
        };
        const { status } = await send(
          turn,
          'POST',
          `/customers/${customer.identifier}/accounts`,
          headers,
          account,
        );
        results.push({ status, startedAt });
      }
    };
    const clients = Array.from({ length: 8 }, (_, turn) => client(turn));
    while (results.length < 40) await new Promise(setImmediate);
    const revoked = await post(0, `/credentials/crd_${customer.platformId}_${id}/revoke`, first);
    const acknowledgedAt = performance.now();
    await until(() => results.some(({ startedAt }) => startedAt > acknowledgedAt + 1_000));
    going = false;
    await Promise.all(clients);
    expect(revoked.status).toBe(200);
    const late = results.filter(({ startedAt }) => startedAt > acknowledgedAt + 1_000);
    expect(late.length).toBeGreaterThan(0);
    expect(new Set(late.map(({ status }) => status))).toEqual(new Set([401]));
    const opened = results.filter(({ status }) => status === 201).length;
    expect(opened).toBeGreaterThan(0);
    expect(await world.count('accounts', `customer_id = ${customer.id}`)).toBe(opened);
  });
});

describe('The expiry of a KYC approval while openings run on two processes', () => {
  it('refuses every opening that starts after it, and every refusal is on the audit trail', async () => {
    const customer = await world.make.aCustomer({ countryOfResidence: 'GB', kycStatus: 'pending' });
    const expiresAt = Date.now() + 2_000;
    await post(0, `/kyc-cases/${caseId(customer)}/approve`, first, {
      evidence: 'case 1',
      expiresAt: new Date(expiresAt).toISOString(),
    });
    const headers = await world.make.platformHeaders(customer.platformId);
    const results: { status: number; startedAt: number; number: number }[] = [];
    let number = 0;
    const client = async (turn: number): Promise<void> => {
      let refusals = 0;
      while (Date.now() < expiresAt + 700 && refusals < MAX_REFUSALS) {
        const startedAt = Date.now();
        const mine = ++number;
        const account = {
          accountIdentifier: `ends-${mine}`,
          displayName: 'Ended',
          contactEmail: 'a@b.example',
        };
        const { status } = await send(
          turn,
          'POST',
          `/customers/${customer.identifier}/accounts`,
          headers,
          account,
        );
        if (status === 403) refusals++;
        results.push({ status, startedAt, number: mine });
      }
    };
    await Promise.all(Array.from({ length: 6 }, (_, turn) => client(turn)));
    const opened = results.filter(({ status }) => status === 201);
    expect(opened.length).toBeGreaterThan(0);
    expect(results.some(({ status }) => status === 403)).toBe(true);
    expect(opened.filter(({ startedAt }) => startedAt > expiresAt)).toEqual([]);
    const [row] = await world.dataSource.query<[{ late: number; all: number }]>(
      `SELECT count(*) FILTER (WHERE a.created_at > c.kyc_expires_at + interval '100 ms')::int AS late, count(*)::int AS all
       FROM accounts a JOIN customers c ON c.platform_id = a.platform_id AND c.id = a.customer_id WHERE c.id = $1`,
      [customer.id],
    );
    expect(row).toEqual({ late: 0, all: opened.length });
    const refused = results.filter(({ status }) => status === 403).length;
    expect(
      await world.count('audit_entries', `object_id = '${customerId(customer)}' AND outcome = 'refused'`),
    ).toBe(refused);
    // The clockwork of one of the processes notes it, once.
    const noted = (): Promise<number> =>
      world.count('audit_entries', `object_id = '${caseId(customer)}' AND action = 'kyc.expired'`);
    await until(async () => (await noted()) > 0, { what: 'the expiry’s entry on the trail' });
    expect(await noted()).toBe(1);
  });
});

describe('The audit trail after these races', () => {
  it('is intact on every platform', async () => {
    let verdict = await send(0, 'GET', '/admin/audit/verify', first);
    const waiting = (): number =>
      verdict.body.chains.reduce((sum: number, chain: { waiting: number }) => sum + chain.waiting, 0);
    await until(async () => {
      verdict = await send(1, 'GET', '/admin/audit/verify', first);
      return waiting() === 0;
    });
    expect([verdict.body.intact, waiting()]).toEqual([true, 0]);
  });
});
