import { once } from 'node:events';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import type { KeyHeaders } from '../support/factories.js';
import { postOpening } from '../support/opening.js';
import { createWorld, type World } from '../support/world.js';

const BOUND = 50;
const FLOOD_CONNECTIONS = 4 * BOUND;
const POLITE_CONNECTIONS = 10;
/** Responses to the modest load during the flood. */
const WANTED = 50;
const DRAIN_MS = 3_000;
/** How long a load balancer may take to notice. */
const NOTICED_AFTER_MS = 1_000;
const POLL_MS = 25;

let world: World;
let customer: Customer;
let app: AppProcess;
let opened = 0;

beforeAll(async () => {
  world = await createWorld();
  customer = await world.make.aCustomer({ countryOfResidence: null });
});
afterAll(() => world.close());

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const accounts = () => world.count('accounts', `customer_id = ${customer.id}`);

interface Answer {
  status: number;
  retryAfter: string | null;
  text: string;
  at: number;
}

/**
 * Opens an account with an unused name. @throws TypeError when the connection broke before the response was complete
 */
async function open(headers: KeyHeaders): Promise<Answer> {
  const url = `${app.url}/customers/${customer.identifier}/accounts`;
  const response = await postOpening(url, headers, `load-${++opened}`);
  const text = await response.text();
  return {
    status: response.status,
    retryAfter: response.headers.get('retry-after'),
    text,
    at: performance.now(),
  };
}

/**
 * Several clients, each of which sends the next request after each response. @param answers receives the responses as
 * they arrive
 */
async function load(
  headers: KeyHeaders,
  { clients, isOver, answers = [] }: { clients: number; isOver: () => boolean; answers?: Answer[] },
): Promise<Answer[]> {
  const client = async (): Promise<void> => {
    while (!isOver()) answers.push(await open(headers));
  };
  await Promise.all(Array.from({ length: clients }, client));
  return answers;
}

const counted = (answers: Answer[], wanted: number) =>
  answers.filter(({ status }) => status === wanted).length;

async function metric(name: string): Promise<number> {
  const text = await (await fetch(`${app.url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(text)?.[1]);
}

describe('A process with four times the load of its limit', () => {
  it('executes no more than its limit, rejects the rest in the API’s error format, and serves light clients', async () => {
    app = await startAppProcess(world.databaseUrl, { MAX_REQUESTS_IN_WORK: String(BOUND) });
    const [greedy, polite] = [
      await world.make.platformHeaders(customer.platformId),
      await world.make.platformHeaders(customer.platformId),
    ];
    const before = await accounts();
    const proven = [await open(greedy), await open(polite)];
    const run = { isOver: false };
    const [flood, others]: [Answer[], Answer[]] = [[], []];
    const isOver = () => run.isOver;
    const polites = load(polite, { clients: POLITE_CONNECTIONS, isOver, answers: others });
    // The event loop accepts two hundred new connections one per turn; these clients must not queue behind them.
    while (others.length < POLITE_CONNECTIONS) await pause(POLL_MS);
    const flooding = load(greedy, { clients: FLOOD_CONNECTIONS, isOver, answers: flood });
    while (counted(flood, 429) < FLOOD_CONNECTIONS) await pause(POLL_MS);
    const from = [counted(flood, 201), others.length] as const;
    while (others.length < from[1] + WANTED) await pause(POLL_MS);
    const meanwhile = [counted(flood, 201) - from[0], others.length - from[1]] as const;
    run.isOver = true;
    await Promise.all([polites, flooding]);
    const [highest, left] = [
      await metric('vostro_requests_in_work_highest'),
      await metric('vostro_requests_in_work'),
    ];
    await app.stop();

    expect(new Set(flood.map(({ status }) => status))).toEqual(new Set([201, 429]));
    expect(new Set(others.map(({ status }) => status))).toEqual(new Set([201]));
    for (const { retryAfter, text } of flood.filter(({ status }) => status !== 201)) {
      expect(retryAfter).toMatch(/^[123]$/);
      expect(JSON.parse(text)).toMatchObject({ i18nKey: '429.001' });
    }
    expect(highest).toBeGreaterThanOrEqual(BOUND / 2);
    expect(highest).toBeLessThanOrEqual(BOUND);
    expect(left).toBe(0);
    expect(await accounts()).toBe(before + counted([...proven, ...flood, ...others], 201));
    // They have ten of some thirty-five requests in work.
    expect(meanwhile[1] / (meanwhile[0] + meanwhile[1])).toBeGreaterThan(0.1);
  }, 120_000);
});

describe('A process that is stopped under load', () => {
  it('answers every request of clients that honour readiness, which fails first, and keeps what it acknowledged', async () => {
    app = await startAppProcess(world.databaseUrl, { DRAIN_SECONDS: String(DRAIN_MS / 1_000) });
    const headers = await world.make.platformHeaders(customer.platformId);
    const before = await accounts();
    const balancer = { hasNoticed: false };
    const loaded = load(headers, { clients: 32, isOver: () => balancer.hasNoticed });
    await pause(1_000);
    const exit = once(app.process, 'exit') as Promise<[number | null]>;
    const toldAt = performance.now();
    app.process.kill('SIGTERM');
    let ready: Response;
    do {
      await pause(POLL_MS);
      ready = await fetch(`${app.url}/health/ready`);
    } while (ready.status === 200);
    const turnedAt = performance.now();
    expect((await fetch(`${app.url}/health/live`)).status).toBe(200);
    await pause(NOTICED_AFTER_MS);
    balancer.hasNoticed = true;
    const answers = await loaded;
    const [code] = await exit;

    expect([ready.status, code]).toEqual([503, 0]);
    expect(performance.now() - toldAt).toBeGreaterThanOrEqual(DRAIN_MS);
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(answers.filter(({ at }) => at > turnedAt).length).toBeGreaterThan(0);
    expect(await accounts()).toBe(before + answers.length);
  });

  it('skips the drain time after Ctrl-C', async () => {
    app = await startAppProcess(world.databaseUrl, { DRAIN_SECONDS: '300' });
    const exit = once(app.process, 'exit') as Promise<[number | null]>;
    app.process.kill('SIGTERM');
    await pause(200);
    expect((await fetch(`${app.url}/health/ready`)).status).toBe(503);
    app.process.kill('SIGINT');
    expect((await exit)[0]).toBe(0);
  });
});
