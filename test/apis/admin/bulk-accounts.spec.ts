import { anAdminClient, type AdminClient, failed, fieldsOf, REASON } from '../../support/admin.js';
import {
  anAccountLine,
  type ReceivedBulkResponse,
  endOf,
  NDJSON,
  sendLines,
  type SentLine,
} from '../../support/bulk.js';
import type { KeyHeaders } from '../../support/factories.js';
import { createWorld, type World } from '../../support/world.js';
import type { Customer } from '../../../src/entities/customer.entity.js';

let world: World;
let admin: AdminClient;
let customer: Customer;

beforeAll(async () => {
  world = await createWorld();
});
beforeEach(async () => {
  admin = await anAdminClient(world);
  customer = await world.make.aCustomer({ countryOfResidence: 'US' });
});
afterAll(() => world.close());

const send = (
  lines: readonly SentLine[],
  query = '',
  headers = admin.headers,
): Promise<ReceivedBulkResponse> => sendLines(world, `/accounts/bulk${query}`, { headers, lines });
const aLine = (name: string, more: object = {}): object => anAccountLine(customer, name, more);
const ends = ({ verdicts }: ReceivedBulkResponse): string[] => verdicts.map(endOf);
const accounts = (): Promise<number> => world.count('accounts', `platform_id = ${customer.platformId}`);
const refusals = (): Promise<number> =>
  world.count('audit_entries', `platform_id = ${customer.platformId} AND action = 'account.opening_refused'`);

describe('Opening accounts in bulk', () => {
  it('opens accounts of all three APIs, and returns each as the admin API shows it', async () => {
    const { platformId, id } = customer;
    const workspace = await world.make.aWorkspace(customer);
    const owner = await world.make.aCustomer({ platformId, countryOfResidence: 'ZA' });
    const told = { reason: REASON, platform: `plt_${platformId}` };
    const answer = await send([
      aLine('acme-usd-1', { accountIdentifier: 'Acme-USD-1', currencyCode: 'EUR' }),
      {
        idempotencyKey: 'of-an-owner',
        channel: 'owner',
        ...told,
        customerIdentifier: owner.identifier,
        currencyCode: 'zar',
      },
      {
        idempotencyKey: 'of-a-workspace',
        channel: 'workspace',
        reason: REASON,
        workspace: `wsp_${platformId}_${workspace.id}`,
        product: 'prd_7',
        alias: ' Savings ',
      },
    ]);
    expect([answer.status, answer.headers['content-type']]).toEqual([200, NDJSON]);
    expect(answer.verdicts).toMatchObject([
      {
        line: 1,
        idempotencyKey: 'key-acme-usd-1',
        replayed: false,
        status: 'opened',
        account: { channel: 'platform', accountIdentifier: 'acme-usd-1', currency: 'EUR', posted: 0 },
      },
      { line: 2, account: { channel: 'owner', currency: 'ZAR', customer: `cus_${platformId}_${owner.id}` } },
      { line: 3, account: { channel: 'workspace', label: 'Savings', customer: `cus_${platformId}_${id}` } },
    ]);
    expect(answer.summary).toEqual({
      lines: 3,
      done: 3,
      refused: 0,
      failed: 0,
      notDone: 0,
      replayed: 0,
      isComplete: true,
    });
    for (const { account } of answer.verdicts)
      expect((await admin.get(`/accounts/${account?.id ?? ''}`)).body).toEqual(account);
    const [entry] = await admin.trailOf(String(answer.verdicts[0]?.account?.id));
    expect(entry).toMatchObject({
      action: 'account.opened',
      reason: REASON,
      actor: expect.stringMatching(/^adm_0_\d+$/) as unknown,
    });
  });

  it('returns a verdict per line, in order, independent of failures of other lines', async () => {
    const closed = await world.make.aCustomer({ platformId: customer.platformId, kycStatus: 'pending' });
    const answer = await send([
      aLine('good-1'),
      '{"idempotencyKey":',
      Buffer.from([...Buffer.from('{"a":"'), 0xff, ...Buffer.from('"}')]),
      '[1]',
      '',
      '   ',
      aLine('good-1', { idempotencyKey: 'another' }),
      aLine('good-2', { contactEmail: 'no address', colour: 'blue' }),
      aLine('good-3', { customerIdentifier: 'nobody-here' }),
      anAccountLine(closed, 'good-4'),
      aLine('good-5', { displayName: 'x'.repeat(65 * 1024) }),
      aLine('good-6', { idempotencyKey: undefined }),
      aLine('good-7', { channel: 'settlement' }),
      aLine('good-8', { platform: 'plt_ABC' }),
      aLine('good-9'),
    ]);
    expect(answer.verdicts.map((verdict) => [verdict.line, endOf(verdict)])).toEqual([
      [1, 'opened'],
      [2, 'refused body_malformed'],
      [3, 'refused body_malformed'],
      [4, 'refused body_malformed'],
      [7, 'refused account_identifier_taken'],
      [8, 'refused validation_failed'],
      [9, 'refused customer_not_found'],
      [10, 'refused kyc_not_approved'],
      [11, 'refused payload_too_large'],
      [12, 'refused validation_failed'],
      [13, 'refused validation_failed'],
      [14, 'refused validation_failed'],
      [15, 'opened'],
    ]);
    expect(answer.verdicts[5]?.error?.errors).toMatchObject([{ path: 'contactEmail', code: 'email' }]);
    expect(answer.verdicts[4]?.error).toMatchObject({ instance: '/admin/accounts/bulk', status: 409 });
    expect([answer.verdicts[1]?.idempotencyKey, answer.verdicts[9]?.idempotencyKey]).toEqual([null, null]);
    expect(answer.summary).toMatchObject({ lines: 13, done: 2, refused: 11 });
    // Lines refused by a rule are on the audit trail, as single requests are.
    expect([await accounts(), await refusals()]).toEqual([2, 2]);
  });

  it('refuses an undeclared field', async () => {
    const { verdicts } = await send([aLine('good-1', { colour: 'blue' })]);
    expect(verdicts[0]?.error?.errors).toMatchObject([{ path: 'colour', code: 'unknown' }]);
  });

  it('replays the responses of lines sent before, and opens nothing', async () => {
    const lines = [aLine('good-1'), aLine('good-1', { idempotencyKey: 'twice' }), aLine('good-2')];
    const first = await send(lines);
    const again = await send([...lines, aLine('good-3')]);
    expect(ends(first)).toEqual(['opened', 'refused account_identifier_taken', 'opened']);
    expect(again.verdicts.slice(0, 3)).toEqual(first.verdicts.map((one) => ({ ...one, replayed: true })));
    expect(again.verdicts[3]).toMatchObject({ replayed: false, status: 'opened' });
    expect(again.summary).toMatchObject({ lines: 4, done: 3, refused: 1, replayed: 3 });
    expect([await accounts(), await refusals()]).toEqual([3, 1]);
  });

  it('refuses an idempotency key that another line used, in an earlier call or in the same one', async () => {
    await send([aLine('good-1')]);
    const answer = await send([
      aLine('good-2', { idempotencyKey: 'key-good-1' }),
      aLine('good-3'),
      aLine('good-4', { idempotencyKey: 'key-good-3' }),
      aLine('good-3'),
    ]);
    expect(ends(answer)).toEqual([
      ...['refused idempotency_key_reused', 'opened', 'refused idempotency_key_reused', 'opened'],
    ]);
    expect(answer.verdicts.map(({ replayed }) => replayed)).toEqual([false, false, false, true]);
    expect(answer.verdicts[3]?.account).toEqual(answer.verdicts[1]?.account);
    expect(await accounts()).toBe(2);
  });

  it('opens the first of several equal lines', async () => {
    const twins = Array.from({ length: 40 }, (_, i) => aLine('good-1', { idempotencyKey: `twin-${i}` }));
    const answer = await send(twins);
    expect(ends(answer)).toEqual(
      twins.map((_, i) => (i === 0 ? 'opened' : 'refused account_identifier_taken')),
    );
  });

  it('keeps the idempotency keys of admins apart', async () => {
    await send([aLine('good-1')]);
    const other = await anAdminClient(world);
    expect(ends(await send([aLine('good-2', { idempotencyKey: 'key-good-1' })], '', other.headers))).toEqual([
      'opened',
    ]);
  });

  it('opens no account under another platform than the line names', async () => {
    const stranger = await world.make.aCustomer();
    const workspace = await world.make.aWorkspace(stranger);
    const answer = await send([
      aLine('good-1', { customerIdentifier: stranger.identifier }),
      {
        idempotencyKey: 'w',
        channel: 'workspace',
        reason: REASON,
        product: 'prd_7',
        workspace: `wsp_${customer.platformId}_${workspace.id}`,
      },
    ]);
    expect(ends(answer)).toEqual(['refused customer_not_found', 'refused object_not_found']);
  });

  it('returns only the lines that were not executed when quiet', async () => {
    const answer = await send([aLine('good-1'), 'nonsense', aLine('good-2')], '?quiet=true');
    expect(answer.verdicts.map(({ line }) => line)).toEqual([2]);
    expect(answer.summary).toMatchObject({ lines: 3, done: 2, refused: 1 });
  });

  it('answers a body without lines with the summary alone', async () => {
    const answer = await send([]);
    expect([answer.status, answer.verdicts, answer.summary?.lines]).toEqual([200, [], 0]);
  });
});

describe('A bulk call', () => {
  const whole = (headers: KeyHeaders, query = '', raw = '{}\n') =>
    world.send('POST', `/admin/accounts/bulk${query}`, { headers, raw });

  it('is refused in the shape of the API before the first line is read', async () => {
    const viewer = await anAdminClient(world, 'viewer');
    const typed = { 'content-type': NDJSON };
    expect(failed(await whole(typed))).toEqual([401, 'credentials_required']);
    expect(failed(await whole({ ...typed, ...viewer.headers }))).toEqual([403, 'scope_missing']);
    expect(failed(await whole({ ...admin.headers, 'content-type': 'application/json' }))).toEqual([
      ...[415, 'media_type_unsupported'],
    ]);
    expect(failed(await whole(admin.headers))).toEqual([415, 'media_type_unsupported']);
    const unsure = await whole({ ...typed, ...admin.headers }, '?atomic=perhaps');
    expect([...failed(unsure), ...fieldsOf(unsure)]).toEqual([400, 'validation_failed', 'atomic']);
    const unknown = await whole({ ...typed, ...admin.headers }, '?atomc=true');
    expect([...failed(unknown), ...fieldsOf(unknown)]).toEqual([400, 'validation_failed', 'atomc']);
  });

  it('accepts no Idempotency-Key header', async () => {
    const answer = await whole({ ...admin.headers, 'content-type': NDJSON, 'idempotency-key': 'whole' });
    expect([...failed(answer), ...fieldsOf(answer)]).toEqual([400, 'validation_failed', 'Idempotency-Key']);
  });

  it('is the only operation that accepts NDJSON', async () => {
    const headers = { ...admin.headers, 'content-type': NDJSON };
    const answer = await world.send('POST', '/admin/deposits', { headers, raw: '{}\n' });
    expect(failed(answer)).toEqual([415, 'media_type_unsupported']);
  });
});

describe('Opening accounts in bulk, all or none', () => {
  it('opens all, and replays the same call', async () => {
    const lines = [aLine('good-1'), '', aLine('good-2'), aLine('good-1')];
    const first = await send(lines, '?atomic=true');
    expect([first.status, ends(first)]).toEqual([200, ['opened', 'opened', 'opened']]);
    expect(first.verdicts.map(({ line, replayed }) => [line, replayed])).toEqual([
      ...[
        [1, false],
        [3, false],
        [4, true],
      ],
    ]);
    const again = await send(lines, '?atomic=true');
    expect([again.status, again.verdicts]).toEqual([
      ...[200, first.verdicts.map((one) => ({ ...one, replayed: true }))],
    ]);
    expect(await accounts()).toBe(2);
  });

  it('opens none when a rule refuses one, reports each refusal, and leaves every idempotency key unused', async () => {
    await send([aLine('taken-1')]);
    const refused = aLine('taken-1', { idempotencyKey: 'second' });
    const lines = [aLine('good-1'), refused, aLine('good-2'), aLine('good-2', { idempotencyKey: 'third' })];
    const answer = await send(lines, '?atomic=true');
    expect([answer.status, ends(answer)]).toEqual([
      409,
      [...['not_done', 'refused account_identifier_taken', 'not_done'], 'refused account_identifier_taken'],
    ]);
    expect(answer.summary).toMatchObject({ lines: 4, done: 0, refused: 2, notDone: 2 });
    expect([await accounts(), await refusals()]).toEqual([1, 2]);
    const mended = await send(
      [lines[0] ?? '', aLine('good-3', { idempotencyKey: 'second' })],
      '?atomic=true',
    );
    expect([mended.status, ends(mended)]).toEqual([200, ['opened', 'opened']]);
  });

  it('opens none when a line cannot be parsed', async () => {
    const answer = await send([aLine('good-1'), 'nonsense'], '?atomic=true');
    expect([answer.status, ends(answer)]).toEqual([409, ['not_done', 'refused body_malformed']]);
    expect(await accounts()).toBe(0);
  });

  it('opens none when the idempotency key of one belongs to another line', async () => {
    await send([aLine('good-1')]);
    const lines = [aLine('good-2'), aLine('good-3', { idempotencyKey: 'key-good-1' })];
    const early = await send(lines, '?atomic=true');
    expect([early.status, ends(early)]).toEqual([409, ['not_done', 'refused idempotency_key_reused']]);
    const same = await send(
      [aLine('good-4'), aLine('good-5', { idempotencyKey: 'key-good-4' })],
      '?atomic=true',
    );
    expect([same.status, ends(same)]).toEqual([409, ['not_done', 'refused idempotency_key_reused']]);
    expect(await accounts()).toBe(1);
  });

  it('accepts at most 10,000 lines', async () => {
    const nonsense = Array.from({ length: 10_001 }, () => '{}');
    const answer = await send(nonsense, '?atomic=true');
    expect([...failed(answer), ...fieldsOf(answer)]).toEqual([400, 'validation_failed', 'atomic']);
    const most = await send(nonsense.slice(1), '?atomic=true&quiet=true');
    expect([most.status, most.summary?.lines]).toEqual([409, 10_000]);
  });

  it('accepts no more bytes than it buffers', async () => {
    const long = Array.from({ length: 300 }, () => `{"a":"${'x'.repeat(60 * 1024)}"}`);
    expect(failed(await send(long, '?atomic=true'))).toEqual([400, 'validation_failed']);
  });
});
