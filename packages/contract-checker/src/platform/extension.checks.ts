import { type ContractCheck, defining } from '../check.js';
import { everyAnswerChecks } from '../every-answer.checks.js';
import { expectHeader, expectRefused, extensionChecks } from '../extension.checks.js';
import type { JsonObject } from '../exact-json.js';
import { filled, listOf, objectOf, text, UUID } from '../form.js';
import { accountsOf, BASE, CUSTOMERS, type PlatformSession } from './platform-session.js';

const strict = defining<PlatformSession>('platform', 'strict');

/** Invalid values of fields, each with the `i18nKey` of its error. */
const FIELD_KEYS: readonly [field: string, value: unknown, key: string][] = [
  ['accountIdentifier', undefined, '422.128'],
  ['accountIdentifier', 'four', '422.126'],
  ['accountIdentifier', 'under_score', '422.501'],
  ['displayName', '', '422.135'],
  ['displayName', 'four', '422.126'],
  ['displayName', 'Party 🎉 account', '422.111'],
  ['contactEmail', 'nobody', '422.134'],
  ['contactEmail', `${'a'.repeat(60)}@${'b'.repeat(50)}.com`, '422.139'],
];

const ITEM = objectOf({
  path: filled,
  i18nKey: text('a key', /^4\d\d\.\d{3}$/),
  message: filled,
  constraint: filled,
});

const OWN: readonly ContractCheck<PlatformSession>[] = [
  strict(
    'request-id-in-error',
    'The requestId of an error body is the uuid in X-REQUEST-ID.',
    async (session) => {
      const answer = await session.send('GET', `${BASE}/accounts/${session.identifier('nobody')}`);
      const { requestId } = answer.json as JsonObject;
      session.expectSame(answer, 'requestId', requestId, answer.headers.get('x-request-id'));
      session.expectForm(answer, objectOf({ requestId: text('a uuid', UUID) }));
    },
  ),
  strict(
    'field-keys',
    'A 400 names each bad field in errors, with a 422 key of its own.',
    async (session) => {
      for (const [field, value, key] of FIELD_KEYS) {
        const answer = await session.sendFor(400, ...(await session.opening('keys', { [field]: value })));
        session.expectForm(answer, objectOf({ errors: listOf(ITEM) }));
        const [item] = (answer.json as { errors: JsonObject[] }).errors;
        session.expectSame(answer, 'path', item?.path, field);
        session.expectSame(answer, 'i18nKey', item?.i18nKey, key);
      }
    },
  ),
  strict('conflict-keys', 'Each 409 has a key of its own.', async (session) => {
    await session.opened();
    const { identifier, displayName } = await session.createdCustomer();
    const other = session.identifier('conflict');
    const twin = { customerIdentifier: identifier, displayName: `Another ${session.context.mark}` };
    const namesake = { customerIdentifier: other, displayName };
    expectRefused(session, await session.send(...(await session.opening('one'))), [409, '409.018']);
    expectRefused(session, await session.send('POST', CUSTOMERS, { body: twin }), [409, '409.010']);
    expectRefused(session, await session.send('POST', CUSTOMERS, { body: namesake }), [409, '409.011']);
  }),
  strict(
    'unknown-keys',
    'What is not there is named by what it is: 404.002 a customer, 404.003 an account.',
    async (session) => {
      const nobody = session.identifier('nobody');
      expectRefused(session, await session.send('GET', `${CUSTOMERS}/${nobody}`), [404, '404.002']);
      expectRefused(session, await session.send('GET', `${BASE}/accounts/${nobody}`), [404, '404.003']);
    },
  ),
  strict('identifier-case-in-paths', 'An identifier in a path is found in any case.', async (session) => {
    const { identifier } = await session.opened();
    await session.sendFor(200, 'GET', `${BASE}/accounts/${identifier.toUpperCase()}`);
  }),
  strict('base-path-twins', 'The whole API is there a second time below /raas/v2.', async (session) => {
    const { identifier } = await session.opened();
    const customer = await session.customer();
    for (const path of [CUSTOMERS, `${CUSTOMERS}/${customer}`, accountsOf(customer)]) {
      const [plain, twin] = [
        await session.sendFor(200, 'GET', path),
        await session.sendFor(200, 'GET', `${BASE}${path}`),
      ];
      session.expectSame(twin, `the same as ${path}`, twin.json, plain.json);
    }
    const alerts = `${BASE}${accountsOf(customer)}/${identifier}/lowbalance`;
    await session.sendFor(200, 'GET', alerts);
    const body = session.body('one');
    expectRefused(session, await session.send('POST', `${BASE}${accountsOf(customer)}`, { body }), [
      409,
      '409.018',
    ]);
  }),
  strict('not-acceptable-406', 'A client that takes no JSON is answered 406.', async (session) => {
    const answer = await session.send('GET', CUSTOMERS, { headers: { accept: 'text/html' } });
    expectRefused(session, answer, [406, '406.001']);
  }),
  strict('tokens-not-cached', 'An answer with a token is not to be stored.', async (session) => {
    const { key, secret } = session.access;
    const fields = { grant_type: 'client_credentials', client_id: key, client_secret: secret };
    const as = { 'content-type': 'application/x-www-form-urlencoded' };
    const raw = new URLSearchParams(fields).toString();
    const answer = await session.sendFor(200, 'POST', `${BASE}/oauth/token`, { raw, as });
    expectHeader(session, answer, 'cache-control', /no-store/);
  }),
];

export const PLATFORM_EXTENSIONS: readonly ContractCheck<PlatformSession>[] = [
  ...OWN,
  ...extensionChecks<PlatformSession>('platform', {
    path: async (session) => accountsOf(await session.customer()),
    opened: async (session) => {
      const { answer, request } = await session.opened();
      return { answer, request };
    },
    fresh: (session) => session.opening('dry-run'),
    codes: {
      keyMalformed: [400, '400.001'],
      keyReused: [409, '409.001'],
      duplicate: [409, '409.018'],
      method: [405, '405.002'],
      tooLarge: [413, '413.001'],
      media: [415, '415.001'],
      path: [404, '404.024'],
    },
  }),
];

export const PLATFORM_EVERY_ANSWER = everyAnswerChecks<PlatformSession>('platform', async (session) => {
  await session.send('GET', `${BASE}/accounts?maxResults=1&paginate=true`);
  await session.send('GET', CUSTOMERS, { as: {} });
  for (const as of session.wrongCallers()) await session.send('GET', CUSTOMERS, { as });
  await session.send('GET', `${BASE}/accounts/${session.identifier('nobody')}`);
  await session.send('POST', accountsOf(session.identifier('nobody')), { body: session.body('nobody') });
});
