import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import type { Customer } from '../../../src/entities/customer.entity.js';
import { type AdminClient, anAdminClient, caseId, failed } from '../../support/admin.js';
import { type ProviderMessage, TestKycProvider } from '../../support/kyc-provider.js';
import { testVariables } from '../../support/test-environment.js';
import { createWorld, type World } from '../../support/world.js';

const EVIDENCE = { evidence: 'case 88-1204' };
const NEW_SECRET = `whsec_${Buffer.alloc(24, 'new key').toString('base64')}`;
const OLD_TEXT = 'a-text-that-was-the-key-before-Standard-Webhooks';

let world: World;
let admin: AdminClient;
let provider: TestKycProvider;
let warnings: jest.SpyInstance;

beforeAll(async () => {
  warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
  const { KYC_PROVIDERS } = testVariables('');
  world = await createWorld({
    KYC_PROVIDERS: `${KYC_PROVIDERS},rotating=text:${OLD_TEXT}|${NEW_SECRET},old=text:${OLD_TEXT}`,
  });
  admin = await anAdminClient(world);
  provider = new TestKycProvider(world);
});
afterAll(() => world.close());

const act = (customer: Customer, name: string, body: object = EVIDENCE) =>
  admin.post(`/kyc-cases/${caseId(customer)}/${name}`, body);
const statusOf = async (customer: Customer): Promise<string> =>
  (await admin.get(`/kyc-cases/${caseId(customer)}`)).body.status;
const openAs = async (customer: Customer) =>
  world.send('POST', '/api/v1/accounts', {
    headers: await world.make.ownerHeaders(customer),
    body: { currency: 'ZAR' },
  });
const approved = (customer: Customer) => ({ caseId: caseId(customer), decision: 'approved', ...EVIDENCE });

describe('A provider’s callback', () => {
  it('approves a case, with the provider as the actor on the audit trail, and the customer can open accounts', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending' });
    const { status, body } = await provider.call({ ...approved(customer), reason: 'documents match' });
    expect([status, body.status, body.provider]).toEqual([200, 'approved', 'acme']);
    expect((await admin.trailOf(caseId(customer)))[0]).toMatchObject({
      actorKind: 'provider',
      actor: 'acme',
      reason: 'documents match',
    });
    expect((await openAs(customer)).status).toBe(201);
  });

  it('decides on a case that was not submitted', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'not_started' });
    const rejected = { ...approved(customer), decision: 'rejected' };
    expect((await provider.call(rejected)).body.status).toBe('rejected');
  });

  it.each<[string, ProviderMessage]>([
    ['of an unknown provider', { provider: 'nobody' }],
    ['under another secret', { secret: NEW_SECRET }],
    ['that is too old', { ageSeconds: 301 }],
    ['from the future', { ageSeconds: -310 }],
    ['whose body was altered', { tamper: (body) => body.replace('approved', 'rejected') }],
    ['with an empty body', { tamper: () => '' }],
  ])('%s is refused and changes nothing', async (_what, message) => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending' });
    const { status, text } = await provider.call(approved(customer), message);
    expect([status, JSON.parse(text).code]).toEqual([401, 'signature_invalid']);
    expect(await statusOf(customer)).toBe('pending');
  });

  it.each([
    ['no case', { caseId: 'kyc_1_999999' }, 404],
    ['something that is no case', { caseId: 'cus_1_1' }, 400],
    ['no decision', { decision: 'perhaps' }, 400],
  ])('that names %s is refused', async (_what, change, expected) => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending' });
    expect((await provider.call({ ...approved(customer), ...change })).status).toBe(expected);
  });
});

describe('A message of a provider', () => {
  const aPendingCase = () => world.make.aCustomer({ kycStatus: 'pending' });
  const outcomesOf = async (id: string): Promise<string[]> => {
    const sql = 'SELECT outcome FROM kyc_callbacks WHERE message_id = $1';
    return (await world.dataSource.query<{ outcome: string }[]>(sql, [id])).map(({ outcome }) => outcome);
  };
  const sentTimes = (count: number, body: object, message: ProviderMessage) =>
    Promise.all(Array.from({ length: count }, () => provider.call(body, message)));

  it('that was accepted replays its response to retries, and changes nothing again', async () => {
    const customer = await aPendingCase();
    const message = { id: 'msg-counted' };
    const answers = await sentTimes(4, approved(customer), message);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await admin.trailOf(caseId(customer))).toHaveLength(1);
    await act(customer, 'reopen', {});
    const again = await provider.call(approved(customer), message);
    expect([...answers, again].map(({ text }) => text)).toEqual(Array(5).fill(answers[0]?.text));
    expect([again.status, again.body.status, await statusOf(customer)]).toEqual([200, 'approved', 'pending']);
    expect(await outcomesOf(message.id)).toEqual(['counted']);
  });

  it('that was refused for the state of the case is used up: it approves nothing after a reopening', async () => {
    const customer = await world.make.aCustomer();
    const message = { id: 'msg-refused' };
    const answers = await sentTimes(4, approved(customer), message);
    expect(answers.map(failed)).toEqual(Array(4).fill([409, 'transition_not_allowed']));
    await act(customer, 'reopen', {});
    const again = await provider.call(approved(customer), message);
    expect([...answers, again].map(({ text }) => text)).toEqual(Array(5).fill(answers[0]?.text));
    expect([again.status, await statusOf(customer)]).toEqual([409, 'pending']);
    expect(await outcomesOf(message.id)).toEqual(['refused']);
  });

  it('that named no existing case is consumed, also when the case is created later', async () => {
    const { id: platformId } = await world.make.aPlatform();
    const customer = { platformId, id: '987654' } as Customer;
    const message = { id: 'msg-nobody' };
    const first = await provider.call(approved(customer), message);
    expect(failed(first)).toEqual([404, 'object_not_found']);
    await world.make.aCustomer({ platformId, id: customer.id, kycStatus: 'pending' });
    expect((await provider.call(approved(customer), message)).text).toBe(first.text);
    expect(await statusOf(customer)).toBe('pending');
  });

  it('is refused when its id belongs to another message', async () => {
    for (const kycStatus of ['pending', 'approved'] as const) {
      const message = { id: `msg-other-${kycStatus}` };
      const [one, other] = [await world.make.aCustomer({ kycStatus }), await aPendingCase()];
      await provider.call(approved(one), message);
      const answer = await provider.call(approved(other), message);
      expect([failed(answer), await statusOf(other)]).toEqual([[409, 'message_replayed'], 'pending']);
    }
  });

  it('may have the id of a message of another provider', async () => {
    const ofOther = { id: 'msg-shared', provider: 'rotating', secret: NEW_SECRET };
    expect((await provider.call(approved(await aPendingCase()), { id: 'msg-shared' })).status).toBe(200);
    expect((await provider.call(approved(await aPendingCase()), ofOther)).status).toBe(200);
  });

  it('that was invalid or not genuine is not consumed', async () => {
    const customer = await aPendingCase();
    const message = { id: 'msg-unspent' };
    expect((await provider.call(approved(customer), { ...message, secret: NEW_SECRET })).status).toBe(401);
    expect((await provider.call({ ...approved(customer), evidence: null }, message)).status).toBe(400);
    expect((await provider.call({ ...approved(customer), decision: 'perhaps' }, message)).status).toBe(400);
    expect(await outcomesOf(message.id)).toEqual([]);
    expect((await provider.call(approved(customer), message)).status).toBe(200);
  });

  it('that was accepted before responses were stored is refused as a replay', async () => {
    const customer = await aPendingCase();
    await world.dataSource.query(
      `INSERT INTO kyc_callbacks (provider, message_id, received_at) VALUES ('acme', 'msg-without-answer', now())`,
    );
    expect(failed(await provider.call(approved(customer), { id: 'msg-without-answer' }))).toEqual([
      409,
      'message_replayed',
    ]);
    expect(await statusOf(customer)).toBe('pending');
  });

  it('has its response stored sealed', async () => {
    const customer = await aPendingCase();
    await provider.call(approved(customer), { id: 'msg-sealed' });
    const [row] = await world.dataSource.query<[{ answer: Buffer; body_hash: Buffer }]>(
      `SELECT answer, body_hash FROM kyc_callbacks WHERE message_id = 'msg-sealed'`,
    );
    expect(row.answer.length).toBeGreaterThan(customer.displayName.length);
    expect(row.answer.includes(customer.displayName)).toBe(false);
    expect(row.body_hash).toHaveLength(32);
  });
});

describe('The secrets of a provider', () => {
  const aPendingCase = () => world.make.aCustomer({ kycStatus: 'pending' });
  const byText: (text: string) => (id: string, at: number, body: string) => string =
    (text) => (id, at, body) =>
      `v1,${createHmac('sha256', text).update(`${id}.${at}.${body}`).digest('base64')}`;

  /** Calls with a signature from before Standard Webhooks: its key is the text itself. */
  async function callByText(name: string, text: string): Promise<number> {
    const body = approved(await aPendingCase());
    const id = `text-${name}`;
    const signature = byText(text)(id, Math.floor(Date.now() / 1_000), JSON.stringify(body));
    return (await provider.call(body, { provider: name, id, signature })).status;
  }

  it('sign with the commands of docs/operate.md exactly as the library does', () => {
    const [, page = ''] = readFileSync('docs/operate.md', 'utf8').split('## A KYC provider');
    const [, commands = ''] = /```sh\n(.*?)```/s.exec(page) ?? [];
    const told = execFileSync('bash', ['-ec', `curl() { printf '%s\\n' "$@"; }\n${commands}`], {
      env: { ...process.env, SECRET: NEW_SECRET },
      encoding: 'utf8',
    });
    const [, id = ''] = /^Webhook-Id: (.+)$/m.exec(told) ?? [];
    const [, at] = /^Webhook-Timestamp: (.+)$/m.exec(told) ?? [];
    const [, signature] = /^Webhook-Signature: (.+)$/m.exec(told) ?? [];
    const [, body = ''] = /^({.+})$/m.exec(told) ?? [];
    expect(signature).toBe(new Webhook(NEW_SECRET).sign(id, new Date(1_000 * Number(at)), body));
  });

  it('verify the library’s signature under either secret while one replaces the other', async () => {
    const message = { provider: 'rotating', secret: NEW_SECRET };
    expect((await provider.call(approved(await aPendingCase()), message)).status).toBe(200);
    expect(await callByText('rotating', OLD_TEXT)).toBe(200);
  });

  it('may be texts where they are marked so, and one warning at the start tells how to replace them', async () => {
    expect(await callByText('old', OLD_TEXT)).toBe(200);
    expect(await callByText('acme', NEW_SECRET)).toBe(401);
    const told = warnings.mock.calls
      .map(([line]) => String(line))
      .filter((line) => /KYC_PROVIDERS/.test(line));
    expect(told).toEqual([expect.stringMatching(/rotating, old.*whsec_/)]);
    expect(told.join()).not.toContain(OLD_TEXT);
  });
});
