import { EmailQueries } from '../../../src/mail/email-queries.service.js';
import { type AdminClient, anAdminClient, REASON } from '../../support/admin.js';
import type { Money, TestAccount } from '../../support/money.js';
import type { Post } from '../../support/post.js';
import { createQuietWorld } from '../../support/quiet-world.js';
import type { TestResponse, World } from '../../support/world.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const ONE = 'one@example.com';
const TWO = 'two@example.com';

let world: World;
let money: Money;
let post: Post;
let viewer: AdminClient;
let operator: AdminClient;
let account: TestAccount;

beforeAll(async () => {
  ({ world, money, post } = await createQuietWorld());
  viewer = await anAdminClient(world, 'viewer');
  operator = await anAdminClient(world, 'operator');
});
afterAll(() => world.close());
beforeEach(async () => {
  account = await money.account(undefined, 'USD', { fundingNotificationEmails: [ONE, TWO] });
  await post.confirm(account, ONE, TWO);
  await money.deposit(account, 25.5);
  await post.dispatch();
});

const list = (query: string): Promise<TestResponse> => viewer.get(`/emails?${query}`);
const idsOf = async (query: string): Promise<string[]> =>
  (await list(query)).body.items.map(({ id }: { id: string }) => id);
const ids = (): Promise<string[]> => idsOf(`account=${account.name}`);
/** Sets the state as the mailer would. */
const become = (id: string, status: string): Promise<unknown> =>
  world.dataSource.query(
    `UPDATE emails SET status = $2, attempts = 3, last_error = '550 no', completed_at = now()
     WHERE platform_id = $3 AND id = $1`,
    [id.split('_')[2], status, account.platformId],
  );

describe('The list of e-mails', () => {
  it('shows every field of each e-mail, the newest first', async () => {
    const { status, body } = await list(`platform=plt_${account.platformId}`);
    const [first, second] = body.items;
    expect([status, body.items.length, body.nextCursor]).toEqual([200, 2, null]);
    expect(second).toEqual({
      object: 'email',
      id: expect.stringMatching(/^eml_\d+_\d+$/),
      platform: `plt_${account.platformId}`,
      kind: 'account_funded',
      account: account.name,
      event: expect.stringMatching(/^evt_\d+_\d+$/),
      recipient: ONE,
      subject: `USD 25.50 received: A${account.view.number}`,
      status: 'pending',
      attempts: 0,
      nextAttemptAt: TIME,
      lastError: null,
      createdAt: TIME,
      completedAt: null,
    });
    expect(first.recipient).toBe(TWO);
  });

  it('is filtered by state, kind, account, address and platform', async () => {
    const [second = '', first = ''] = await ids();
    await become(first, 'failed');
    const mine = `account=${account.name}`;
    expect(await idsOf(`${mine}&status=failed`)).toEqual([first]);
    expect(await idsOf(`${mine}&status=pending`)).toEqual([second]);
    expect(await idsOf(`${mine}&kind=account_funded&platform=plt_${account.platformId}`)).toEqual([
      second,
      first,
    ]);
    expect(await idsOf(`${mine}&kind=balance_low`)).toEqual([]);
    expect(await idsOf(`${mine}&recipient=${ONE.toUpperCase()}`)).toEqual([first]);
    const other = await money.account();
    expect(await idsOf(`account=${other.name}`)).toEqual([]);
    expect(await idsOf(`${mine}&platform=plt_${other.platformId}`)).toEqual([]);
  });

  it('is paged', async () => {
    const whole = await ids();
    const { body } = await list(`account=${account.name}&limit=1`);
    const rest = await idsOf(`account=${account.name}&limit=1&cursor=${body.nextCursor}`);
    expect([body.items[0].id, ...rest]).toEqual(whole);
  });

  it.each([
    'status=lost',
    'kind=letter',
    'account=cus_1_1',
    'account=acc_x',
    'platform=1',
    'recipient=',
    'body=x',
  ])('is refused for ?%s', async (query) => {
    const { status, text } = await list(query);
    expect([status, JSON.parse(text).code]).toEqual([400, 'validation_failed']);
  });
});

describe('An e-mail', () => {
  it('is shown with its text', async () => {
    const [id = ''] = await ids();
    const listed = (await list(`account=${account.name}&limit=1`)).body.items[0];
    const { status, body } = await viewer.get(`/emails/${id}`);
    expect([status, body]).toEqual([
      200,
      { ...listed, body: expect.stringContaining('Amount:       USD 25.50\n') },
    ]);
  });

  it.each(['eml_1_999999999', 'eml_999_1', 'eml_x', 'acc_1_1', '1'])('%s is not found', async (id) => {
    expect((await viewer.get(`/emails/${id}`)).status).toBe(404);
    expect((await operator.post(`/emails/${id}/send`)).status).toBe(404);
  });

  it.each(['not_sent', 'failed'])(
    'that is %s is queued again, and recorded on the audit trail',
    async (state) => {
      const [id = ''] = await ids();
      await become(id, state);
      expect((await viewer.get(`/emails/${id}`)).body).toMatchObject({
        status: state,
        attempts: 3,
        lastError: '550 no',
        nextAttemptAt: null,
        completedAt: TIME,
      });
      const { status, body } = await operator.post(`/emails/${id}/send`);
      expect([status, body]).toEqual([200, (await viewer.get(`/emails/${id}`)).body]);
      expect(body).toMatchObject({ status: 'pending', attempts: 0, nextAttemptAt: TIME, completedAt: null });
      expect(await operator.trailOf(id)).toMatchObject([
        {
          action: 'email.queued',
          objectType: 'email',
          reason: REASON,
          actorKind: 'admin',
          before: { status: state, attempts: 3 },
          after: { status: 'pending', attempts: 0 },
        },
      ]);
    },
  );

  it.each([
    ['pending', ['pending', []]],
    ['sent', ['sent', []]],
  ])('that is %s is not queued again', async (state, refusal) => {
    const [id = ''] = await ids();
    await become(id, state);
    const { status, text } = await operator.post(`/emails/${id}/send`);
    const problem = JSON.parse(text);
    expect([status, problem.code]).toEqual([409, 'transition_not_allowed']);
    expect([problem.state, problem.allowedActs]).toEqual(refusal);
    expect((await viewer.get(`/emails/${id}`)).body.status).toBe(state);
  });

  it('is queued once by two concurrent requests, and not again under the same idempotency key', async () => {
    const [one = '', other = ''] = await ids();
    await become(one, 'failed');
    const both = await Promise.all([
      operator.post(`/emails/${one}/send`),
      operator.post(`/emails/${one}/send`),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    await become(other, 'failed');
    const key = { 'idempotency-key': 'send-1' };
    const first = await operator.post(`/emails/${other}/send`, {}, key);
    await become(other, 'failed');
    const again = await operator.post(`/emails/${other}/send`, {}, key);
    expect([again.text, again.headers['idempotent-replayed']]).toEqual([first.text, 'true']);
    expect((await viewer.get(`/emails/${other}`)).body.status).toBe('failed');
  });

  it('is queued again only with a reason', async () => {
    const [id = ''] = await ids();
    await become(id, 'failed');
    const { status } = await operator.post(`/emails/${id}/send`, { reason: '' });
    expect([status, (await viewer.get(`/emails/${id}`)).body.status]).toEqual([400, 'failed']);
  });
});

describe('The backlog', () => {
  it('counts the e-mails that were not sent', async () => {
    await world.dataSource.query(`UPDATE emails SET status = 'sent'`);
    const { platformId } = account;
    const backlog = () => world.app.get(EmailQueries).backlog();
    expect(await backlog()).toEqual({ pending: 0, notSent: 0, failed: 0 });
    const set = (status: string, recipient: string) =>
      world.dataSource.query('UPDATE emails SET status = $1 WHERE platform_id = $2 AND recipient = $3', [
        ...[status, platformId, recipient],
      ]);
    await set('pending', ONE);
    await set('failed', TWO);
    expect(await backlog()).toEqual({ pending: 1, notSent: 0, failed: 1 });
    await set('not_sent', ONE);
    expect(await backlog()).toEqual({ pending: 0, notSent: 1, failed: 1 });
  });
});
