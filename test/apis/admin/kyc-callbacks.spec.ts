import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Logger } from '@nestjs/common';
import { Webhook } from 'standardwebhooks';
import type { Customer } from '../../../src/entities/customer.entity.js';
import { type AdminClient, anAdminClient, caseId } from '../../support/admin.js';
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
  it('approves a case, on the trail as the provider’s, and the customer can open', async () => {
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

  it('decides on a case that nobody submitted here', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'not_started' });
    const rejected = { ...approved(customer), decision: 'rejected' };
    expect((await provider.call(rejected)).body.status).toBe('rejected');
  });

  it('counts once', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'pending' });
    const message = { id: 'msg-once' };
    const answers = await Promise.all([1, 2, 3, 4].map(() => provider.call(approved(customer), message)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    await act(customer, 'reopen', {});
    const { status, text } = await provider.call(approved(customer), message);
    expect([status, JSON.parse(text).code]).toEqual([409, 'message_replayed']);
    expect(await statusOf(customer)).toBe('pending');
  });

  it('that was refused may come again', async () => {
    const customer = await world.make.aCustomer({ kycStatus: 'approved' });
    const message = { id: 'msg-again' };
    expect((await provider.call(approved(customer), message)).status).toBe(409);
    await act(customer, 'reopen', {});
    expect((await provider.call(approved(customer), message)).status).toBe(200);
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

describe('The secrets of a provider', () => {
  const aPendingCase = () => world.make.aCustomer({ kycStatus: 'pending' });
  const byText: (text: string) => (id: string, at: number, body: string) => string =
    (text) => (id, at, body) =>
      `v1,${createHmac('sha256', text).update(`${id}.${at}.${body}`).digest('base64')}`;

  /** Signed as before Standard Webhooks: the text is the key. */
  async function callByText(name: string, text: string): Promise<number> {
    const body = approved(await aPendingCase());
    const id = `text-${name}`;
    const signature = byText(text)(id, Math.floor(Date.now() / 1_000), JSON.stringify(body));
    return (await provider.call(body, { provider: name, id, signature })).status;
  }

  it('sign as docs/operate.md shows it: as the library does', () => {
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

  it('verify the signature of the library, whichever of them signed while one is replaced by another', async () => {
    const message = { provider: 'rotating', secret: NEW_SECRET };
    expect((await provider.call(approved(await aPendingCase()), message)).status).toBe(200);
    expect(await callByText('rotating', OLD_TEXT)).toBe(200);
  });

  it('work as texts where they are called so, and one warning at start tells how to change over', async () => {
    expect(await callByText('old', OLD_TEXT)).toBe(200);
    expect(await callByText('acme', NEW_SECRET)).toBe(401);
    const told = warnings.mock.calls
      .map(([line]) => String(line))
      .filter((line) => /KYC_PROVIDERS/.test(line));
    expect(told).toEqual([expect.stringMatching(/rotating, old.*whsec_/)]);
    expect(told.join()).not.toContain(OLD_TEXT);
  });
});
