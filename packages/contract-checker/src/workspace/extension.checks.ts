import { type ContractCheck, defining } from '../check.js';
import { everyAnswerChecks } from '../every-answer.checks.js';
import { expectRefused, extensionChecks } from '../extension.checks.js';
import { ACCOUNT } from './workspace-forms.js';
import { ACCOUNTS, PRODUCTS, toHeaders, WORKSPACE_ID, type WorkspaceSession } from './workspace-session.js';

const strict = defining<WorkspaceSession>('workspace', 'strict');

const OWN: readonly ContractCheck<WorkspaceSession>[] = [
  strict(
    'get-by-id-200',
    'GET /accounts/{id} answers 200 with the account, as it was opened.',
    async (session) => {
      const { json } = await session.opened();
      const answer = await session.sendFor(200, 'GET', `${ACCOUNTS}/${JSON.stringify(json.id)}`);
      session.expectForm(answer, ACCOUNT);
      session.expectSame(answer, 'the account', answer.json, json);
    },
  ),
  strict('get-unknown-id-404', 'GET /accounts/{id} answers 404 for an id of no account.', async (session) => {
    for (const id of ['999999999', 'nonsense']) await session.sendFor(404, 'GET', `${ACCOUNTS}/${id}`);
  }),
  strict('duplicate-400-code', 'A second opening is named account_already_exists.', async (session) => {
    const { alias } = await session.opened();
    const answer = await session.send(...(await session.opening(alias)));
    expectRefused(session, answer, [400, 'account_already_exists']);
  }),
  strict(
    'kyc-not-completed-400-code',
    'A holder without KYC is named kyc_not_completed.',
    async (session) => {
      const request = await session.opening(session.alias('pending'), { as: toHeaders(session.pending()) });
      expectRefused(session, await session.send(...request), [400, 'kyc_not_completed']);
    },
  ),
  strict('type-is-cacc', 'An account is a current account, CACC in ISO 20022.', async (session) => {
    const { answer, json } = await session.opened();
    session.expectSame(answer, 'type', json.type, 'CACC');
  }),
  strict('code-has-check-digit', 'The account code ends in a Luhn check digit.', async (session) => {
    const { answer, json } = await session.opened();
    const code = json.code as string;
    if (!/^\d+$/.test(code) || luhnSum(code) % 10 !== 0)
      session.fail(answer, 'digits with a Luhn check digit', code);
  }),
];

export const WORKSPACE_EXTENSIONS: readonly ContractCheck<WorkspaceSession>[] = [
  ...OWN,
  ...extensionChecks<WorkspaceSession>('workspace', {
    path: () => Promise.resolve(ACCOUNTS),
    opened: async (session) => {
      const { answer } = await session.opened();
      return { answer, request: await session.openedRequest() };
    },
    fresh: (session) => session.opening(session.alias('dry run')),
    codes: {
      keyMalformed: [400, 'invalid_request'],
      keyReused: [400, 'idempotency_key_reused'],
      duplicate: [400, 'account_already_exists'],
      method: [405, 'invalid_request'],
      tooLarge: [413, 'invalid_request'],
      media: [415, 'invalid_request'],
      path: [404, 'invalid_request'],
    },
  }),
];

export const WORKSPACE_EVERY_ANSWER = everyAnswerChecks<WorkspaceSession>('workspace', async (session) => {
  await session.send('GET', ACCOUNTS);
  await session.send('GET', PRODUCTS);
  await session.send('GET', ACCOUNTS, { as: {} });
  await session.send('GET', ACCOUNTS, { headers: { [WORKSPACE_ID]: 'abc' } });
  await session.send('POST', ACCOUNTS, { body: {} });
  await session.send('POST', ACCOUNTS, { raw: '{' });
});

/** The weighted sum of ISO/IEC 7812-1, annex B; a multiple of ten when the check digit is right. */
function luhnSum(digits: string): number {
  return [...digits].reverse().reduce((sum, digit, index) => {
    const weighted = Number(digit) * (index % 2 === 0 ? 1 : 2);
    return sum + (weighted > 9 ? weighted - 9 : weighted);
  }, 0);
}
