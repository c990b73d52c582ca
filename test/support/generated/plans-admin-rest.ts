import { type Filled, oneOf, type RequestPlan, type Plans, valueOf } from './plan.js';
import type { Made } from './requests.js';
import type { Seeds } from './seeds.js';

const CURRENCIES = ['EUR', 'GBP', 'JPY', 'SEK'];
const ENDED = `UPDATE emails SET status = 'failed', attempts = 3, last_error = '550 no', completed_at = now()
  WHERE platform_id = $1`;

const withoutCursor: RequestPlan = { fill: () => ({ parameters: { cursor: undefined } }) };
const idOf = (id: string): Filled => ({ parameters: { id } });

async function aProduct(seeds: Seeds): Promise<string> {
  const wanted = { name: seeds.name('Product'), description: 'A product.', currency: 'USD' };
  return (await seeds.byAsker('/products', wanted)).id;
}

/** An e-mail that could not be delivered. */
async function anEmail(seeds: Seeds): Promise<Filled> {
  // Another address each time, because each is asked to confirm once.
  const wanted = { fundingNotificationEmails: [`${seeds.name('ops')}@example.com`] };
  const account = await seeds.money.account(seeds.customer, 'USD', wanted);
  await seeds.money.deposit(account, 1);
  await seeds.dispatch();
  await seeds.query(ENDED, [seeds.platformId]);
  const { body } = await seeds.world.send('GET', `/admin/emails?account=${account.name}`, {
    headers: seeds.admin,
  });
  return idOf(body.items[0].id);
}

async function anEmailAddress(seeds: Seeds): Promise<Filled> {
  const address = `${seeds.name('ops')}@example.com`;
  await seeds.money.account(seeds.customer, 'USD', { fundingNotificationEmails: [address] });
  await seeds.dispatch();
  const { body } = await seeds.world.send('GET', `/admin/email-addresses?address=${address}`, {
    headers: seeds.admin,
  });
  return idOf(body.items[0].id);
}

async function aWebhook(seeds: Seeds): Promise<string> {
  const wanted = { platform: seeds.platform, url: 'https://hooks.example/vostro' };
  return (await seeds.byAsker('/webhooks', wanted)).id;
}

const ofAWebhook = async (seeds: Seeds): Promise<Filled> => idOf(await aWebhook(seeds));

async function anEvent(seeds: Seeds): Promise<string> {
  const { body } = await seeds.world.send('GET', `/admin/events?platform=${seeds.platform}&limit=1`, {
    headers: seeds.admin,
  });
  return body.items[0].id;
}

async function aDelivery(seeds: Seeds): Promise<Filled> {
  const webhook = await aWebhook(seeds);
  await seeds.anAccount();
  await seeds.dispatch();
  const { body } = await seeds.world.send('GET', `/admin/webhooks/${webhook}/deliveries`, {
    headers: seeds.admin,
  });
  return idOf(body.items[0].id);
}

/** Sets whether the currency is enabled in GB, so that the request can change it. */
async function aCurrencyOf(seeds: Seeds, made: Made, isEnabled: boolean): Promise<Filled> {
  const currency = oneOf(made, CURRENCIES);
  const [method, path] = [isEnabled ? 'PUT' : 'DELETE', `/jurisdictions/GB/currencies/${currency}`];
  const sent = { headers: seeds.asker, body: { reason: 'for generated requests' } };
  await seeds.world.send(method, `/admin${path}`, sent);
  return { parameters: { code: 'GB', currency } };
}

async function aCurrencyFor(seeds: Seeds, made: Made): Promise<Filled> {
  const before = valueOf(made, 'act') === 'disable' ? 'enable' : 'disable';
  const sent = { headers: seeds.asker, body: { reason: 'for generated requests' } };
  // A refusal, because the currency is already in that state, is harmless.
  await seeds.world.send('POST', `/admin/currencies/SEK/${before}`, sent);
  return { parameters: { code: 'SEK' } };
}

export const ADMIN_REST_PLANS: Plans = {
  listProducts: withoutCursor,
  createProduct: { fill: (_, made) => ({ body: { currency: oneOf(made, CURRENCIES) } }) },
  getProduct: { fill: () => idOf('prd_1') },
  changeProduct: {
    fill: async (seeds) => ({
      ...idOf(await aProduct(seeds)),
      always: { name: seeds.name('Changed product') },
    }),
  },
  actOnProduct: {
    fill: async (seeds, made) => {
      const id = await aProduct(seeds);
      if (valueOf(made, 'act') === 'offer') await seeds.byAsker(`/products/${id}/retire`, {});
      return idOf(id);
    },
  },
  listJurisdictions: withoutCursor,
  // The number of codes is limited: those that earlier requests used are freed.
  createJurisdiction: {
    fill: async (seeds) => {
      await seeds.query(`DELETE FROM jurisdictions WHERE code NOT IN ('DE', 'GB', 'US', 'ZA')`);
      return {};
    },
  },
  getJurisdiction: { fill: () => ({ parameters: { code: 'US' } }) },
  previewCurrencyChange: {
    fill: () => ({ parameters: { code: 'US' }, body: { enable: ['CHF'], disable: ['USD', 'EUR'] } }),
  },
  enableJurisdictionCurrency: { fill: (seeds, made) => aCurrencyOf(seeds, made, false) },
  disableJurisdictionCurrency: { fill: (seeds, made) => aCurrencyOf(seeds, made, true) },
  listCurrencies: withoutCursor,
  getCurrency: { fill: () => ({ parameters: { code: 'USD' } }) },
  actOnCurrency: { fill: aCurrencyFor },
  listEmails: withoutCursor,
  getEmail: { fill: anEmail },
  resendEmail: { fill: anEmail },
  listEmailAddresses: withoutCursor,
  resetEmailAddress: { fill: anEmailAddress },
  listEvents: withoutCursor,
  getEvent: { fill: async (seeds) => idOf(await anEvent(seeds)) },
  listWebhooks: withoutCursor,
  createWebhook: {
    fill: (seeds) => ({ body: { platform: seeds.platform, url: 'https://hooks.example/vostro' } }),
  },
  getWebhook: { fill: ofAWebhook },
  changeWebhook: {
    fill: async (seeds) => ({
      ...(await ofAWebhook(seeds)),
      always: { url: 'https://hooks.example/changed' },
    }),
  },
  rotateWebhookSecret: { fill: ofAWebhook },
  disableWebhook: { fill: ofAWebhook },
  enableWebhook: {
    fill: async (seeds) => {
      const id = await aWebhook(seeds);
      await seeds.byAsker(`/webhooks/${id}/disable`, {});
      return idOf(id);
    },
  },
  listWebhookDeliveries: {
    fill: async (seeds) => ({ parameters: { id: await aWebhook(seeds), cursor: undefined } }),
  },
  getWebhookDelivery: { fill: aDelivery },
  replayEvents: {
    fill: async (seeds) => ({ ...(await ofAWebhook(seeds)), body: { since: new Date().toISOString() } }),
  },
  testWebhook: { fill: ofAWebhook },
  searchAuditTrail: withoutCursor,
  // For the whole bank it would read everything that the earlier requests recorded.
  verifyAuditTrail: { fill: (seeds) => ({ parametersAlways: { platform: seeds.empty } }) },
};
