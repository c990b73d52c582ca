import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DataSource } from 'typeorm';
import { Factories, type KeyHeaders } from '../factories.js';
import { type LoadRequest, TestLoad } from '../load.js';
import { Money, type TestAccount } from '../money.js';
import { anOpening } from '../opening.js';
import type { World } from '../world.js';

const CLIENTS = 10;
const PAUSE_MS = 40;
const FUNDED = 4;
const FUNDS_MAJOR = 10_000_000;
/** Each owner has one account per currency. */
const OWNERS = 80;
const USD_PRODUCT = 7;

interface Callers {
  accounts: TestAccount[];
  platform: KeyHeaders;
  admin: KeyHeaders;
  workspace: KeyHeaders;
  owners: { id: string; headers: KeyHeaders }[];
  currencies: string[];
}

/**
 * A steady load of openings in the three APIs, of transfers and of deposits; a retry of each takes effect once.
 * @param app by which the callers are made
 */
export async function prepareFaultLoad(app: NestFastifyApplication): Promise<TestLoad> {
  const callers = await makeCallers(app);
  let number = 0;
  return new TestLoad(() => requestOf(callers, ++number), { clients: CLIENTS, pauseMs: PAUSE_MS });
}

async function makeCallers(app: NestFastifyApplication): Promise<Callers> {
  const make = new Factories(app);
  const money = new Money({ app, make } as World);
  const currencies = await enableAllCurrencies(app.get(DataSource));
  const customer = await make.aCustomer({ countryOfResidence: null });
  const accounts = [];
  for (let n = 0; n < FUNDED; n++) accounts.push(await money.funded(FUNDS_MAJOR, customer));
  const owners = [];
  for (let n = 0; n < OWNERS; n++) {
    const owner = await make.aCustomer({ countryOfResidence: 'GB' });
    owners.push({ id: owner.id, headers: await make.ownerHeaders(owner) });
  }
  const holder = await make.aCustomer({ countryOfResidence: 'US' });
  return {
    accounts,
    platform: await make.platformHeaders(customer.platformId),
    admin: await make.adminHeaders(),
    workspace: await make.workspaceHeaders(await make.aWorkspace(holder)),
    owners,
    currencies,
  };
}

/** Enables every currency for residents of the United Kingdom. */
async function enableAllCurrencies(dataSource: DataSource): Promise<string[]> {
  await dataSource.query(
    `INSERT INTO jurisdiction_currencies (jurisdiction_code, currency_code, created_at)
     SELECT 'GB', code, now() FROM currencies ON CONFLICT DO NOTHING`,
  );
  const rows = await dataSource.query<{ code: string }[]>('SELECT code FROM currencies ORDER BY code');
  return rows.map(({ code }) => code);
}

/** @param number of the request, from 1; neighbours call different APIs */
function requestOf(callers: Callers, number: number): LoadRequest {
  const kinds = [ownerOpening, workspaceOpening, platformOpening, transfer, deposit];
  const kind = kinds[number % kinds.length] ?? deposit;
  return kind(callers, Math.floor(number / kinds.length));
}

function ownerOpening({ owners, currencies }: Callers, number: number): LoadRequest {
  const owner = owners[number % OWNERS];
  const currency = currencies[Math.floor(number / OWNERS)];
  if (owner === undefined || currency === undefined) throw new Error('there are too few owners');
  const key = `${owner.id}/${currency}`;
  return {
    path: '/api/v1/accounts',
    headers: { ...owner.headers, 'idempotency-key': key },
    body: { currency },
    effect: { table: 'accounts', key },
  };
}

function workspaceOpening({ workspace }: Callers, number: number): LoadRequest {
  const alias = `workspace-${number}`;
  return {
    path: '/accounts',
    headers: { ...workspace, 'idempotency-key': alias },
    body: { productID: USD_PRODUCT, alias },
    effect: { table: 'accounts', key: alias },
  };
}

function platformOpening({ accounts, platform }: Callers, number: number): LoadRequest {
  const identifier = `platform-${number}`;
  return {
    path: `/customers/${accounts[0]?.customer.identifier}/accounts`,
    headers: { ...platform, 'idempotency-key': identifier },
    body: anOpening(identifier),
    effect: { table: 'accounts', key: identifier },
  };
}

function transfer({ accounts, platform }: Callers, number: number): LoadRequest {
  const reference = `transfer-${number}`;
  return {
    path: '/raas/v2/transferFunds',
    headers: platform,
    body: {
      transferFrom: accounts[number % FUNDED]?.identifier,
      transferTo: accounts[(number + 1) % FUNDED]?.identifier,
      amount: 1,
      externalRefID: reference,
    },
    effect: { table: 'transfers', key: reference },
  };
}

function deposit({ accounts, admin }: Callers, number: number): LoadRequest {
  const reference = `deposit-${number}`;
  return {
    path: '/admin/deposits',
    headers: { ...admin, 'idempotency-key': reference },
    body: { account: accounts[number % FUNDED]?.name, amount: 1, reference, reason: 'load of a fault test' },
    effect: { table: 'transfers', key: reference },
  };
}
