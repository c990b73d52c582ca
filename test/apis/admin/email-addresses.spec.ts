import { EmailLinks } from '../../../src/mail/email-links.service.js';
import { type AdminClient, anAdminClient, REASON } from '../../support/admin.js';
import type { Money, TestAccount } from '../../support/money.js';
import type { Post } from '../../support/post.js';
import { createQuietWorld } from '../../support/quiet-world.js';
import type { World } from '../../support/world.js';

const TIME: unknown = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const ONE = 'One@example.com';
const KEY = 'one@example.com';
const TWO = 'two@example.com';

let world: World;
let money: Money;
let post: Post;
let viewer: AdminClient;
let operator: AdminClient;
let account: TestAccount;
let mine: string;

beforeAll(async () => {
  ({ world, money, post } = await createQuietWorld());
  viewer = await anAdminClient(world, 'viewer');
  operator = await anAdminClient(world, 'operator');
});
afterAll(() => world.close());
beforeEach(async () => {
  account = await money.account(undefined, 'USD', { fundingNotificationEmails: [ONE, TWO] });
  mine = `platform=plt_${account.platformId}`;
  await post.dispatch();
});

async function listed(query: string) {
  const { status, body } = await viewer.get(`/email-addresses?${mine}&${query}`);
  expect(status).toBe(200);
  return body.items;
}

async function unsubscribe(): Promise<string> {
  const url = new URL(world.app.get(EmailLinks).urlOf('unsubscribe', account.platformId, ONE), 'http://bank');
  expect((await world.send('POST', `${url.pathname}${url.search}`)).status).toBe(200);
  const [{ id }] = await listed(`address=${KEY}`);
  return id;
}

const recipients = async () => (await post.emails(account)).map(({ kind, recipient }) => [kind, recipient]);

describe('The list of e-mail addresses', () => {
  it('shows every field of each address, the newest first', async () => {
    const [first, second] = await listed('');
    expect(second).toEqual({
      object: 'email_address',
      id: expect.stringMatching(/^ead_\d+_\d+$/),
      platform: `plt_${account.platformId}`,
      address: KEY,
      status: 'unconfirmed',
      confirmations: 1,
      confirmationSentAt: TIME,
      decidedAt: null,
      createdAt: TIME,
    });
    expect(first.address).toBe(TWO);
  });

  it('is filtered by platform, state and address, ignoring case', async () => {
    await post.confirm(account, TWO);
    const addresses = async (query: string) => (await listed(query)).map(({ address }: never) => address);
    expect(await addresses('status=confirmed')).toEqual([TWO]);
    expect(await addresses('status=unconfirmed')).toEqual([KEY]);
    expect(await addresses('status=unsubscribed')).toEqual([]);
    expect(await addresses('address=ONE@EXAMPLE.com')).toEqual([KEY]);
    const other = await money.account();
    const { body } = await viewer.get(`/email-addresses?platform=plt_${other.platformId}`);
    expect(body.items).toEqual([]);
  });

  it.each(['status=lost', 'address=', 'platform=1', 'kind=x'])('is refused for ?%s', async (query) => {
    const { status, text } = await viewer.get(`/email-addresses?${query}`);
    expect([status, JSON.parse(text).code]).toEqual([400, 'validation_failed']);
  });
});

describe('The reset of an e-mail address', () => {
  it('lets an address that unsubscribed be asked again at once, and is recorded on the audit trail', async () => {
    const id = await unsubscribe();
    const { status, body } = await operator.post(`/email-addresses/${id}/reset`);
    expect([status, body]).toEqual([200, (await listed(`address=${KEY}`))[0]]);
    expect(body).toMatchObject({
      status: 'unconfirmed',
      confirmations: 0,
      confirmationSentAt: null,
      decidedAt: null,
    });
    expect(await operator.trailOf(id)).toMatchObject([
      {
        action: 'email_address.reset',
        objectType: 'email_address',
        reason: REASON,
        before: { status: 'unsubscribed', confirmations: 1 },
        after: { status: 'unconfirmed', confirmations: 0 },
      },
    ]);
    const before = (await recipients()).length;
    await money.deposit(account, 1);
    await post.dispatch();
    expect((await recipients()).slice(before)).toEqual([['address_confirmation', ONE]]);
  });

  it('is for operators, with a reason, and for an address that exists', async () => {
    const id = await unsubscribe();
    expect((await viewer.post(`/email-addresses/${id}/reset`)).status).toBe(403);
    expect((await operator.post(`/email-addresses/${id}/reset`, { reason: '' })).status).toBe(400);
    for (const other of ['ead_1_999999999', 'ead_x', 'eml_1_1'])
      expect((await operator.post(`/email-addresses/${other}/reset`)).status).toBe(404);
    expect((await listed(`address=${KEY}`))[0].status).toBe('unsubscribed');
  });
});
