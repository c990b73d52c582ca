import { randomUUID } from 'node:crypto';
import type { Request } from '../api-session.js';
import { type ContractCheck, defining } from '../check.js';
import type { JsonObject } from '../exact-json.js';
import { listOf } from '../form.js';
import type { HttpResponse } from '../http-client.js';
import { ACCOUNT, ALERT } from './platform-forms.js';
import { accountsOf, type PlatformSession } from './platform-session.js';

const contract = defining<PlatformSession>('platform', 'contract');

/** Changes only objects that this run has created. */
export const PLATFORM_CHANGING: readonly ContractCheck<PlatformSession>[] = [
  contract('amend-account-200', 'PATCH changes what it names and keeps the rest.', async (session) => {
    const displayName = `Contract check ${session.context.mark} amended`;
    const answer = await amend(session, 200, { displayName });
    session.expectForm(answer, ACCOUNT);
    const { json } = await session.second();
    const changed = answer.json as JsonObject;
    session.expectSame(answer, 'displayName', changed.displayName, displayName);
    for (const field of ['contactEmail', 'currencyCode', 'accountNumber', 'fundingNotification'])
      session.expectSame(answer, field, changed[field], json[field]);
  }),
  contract(
    'amend-list-200',
    'A list replaces the list, null keeps it, and an empty one clears it.',
    async (session) => {
      const list = [{ emailAddress: 'three@example.com' }];
      for (const [sent, expected] of [
        [list, list],
        [null, list],
        [[], []],
      ] as const) {
        const answer = await amend(session, 200, { fundingNotification: sent });
        const { fundingNotification } = answer.json as JsonObject;
        session.expectSame(answer, 'fundingNotification', fundingNotification, expected as typeof list);
      }
    },
  ),
  contract('amend-malformed-400', 'PATCH with what an opening would refuse answers 400.', async (session) => {
    for (const body of [
      { displayName: 'four' },
      { contactEmail: 'nobody' },
      { fundingNotification: ['a@b.com'] },
    ])
      await amend(session, 400, body);
  }),
  contract(
    'amend-unknown-account-404',
    'PATCH of an account that is not the customer’s answers 404.',
    async (session) => {
      const path = `${accountsOf(await session.customer())}/${session.identifier('nobody')}`;
      await session.sendFor(404, 'PATCH', path, { body: { displayName: 'Whatever name' } });
    },
  ),
  contract(
    'low-balance-200',
    'A low-balance alert is created, listed, found, changed and deleted.',
    async (session) => {
      const { answer, id, path } = await createAlert(session);
      session.expectForm(answer, ALERT);
      const listed = await session.sendFor(200, 'GET', path);
      session.expectForm(listed, listOf(ALERT));
      session.expectSame(listed, 'the alerts', listed.json, [answer.json ?? null]);
      const got = await session.sendFor(200, 'GET', `${path}/${id}`);
      session.expectSame(got, 'the alert', got.json, answer.json);
      const changed = await session.sendFor(200, 'PATCH', `${path}/${id}`, {
        body: { balanceAlertThreshold: 0.3 },
      });
      if (JSON.stringify((changed.json as JsonObject).balanceAlertThreshold) !== '0.3')
        session.fail(changed, 'balanceAlertThreshold 0.3', changed.text);
      await session.sendFor(200, 'DELETE', `${path}/${id}`);
      session.context.created.remove('platform', 'low-balance alert', id);
      await session.sendFor(404, 'GET', `${path}/${id}`);
    },
  ),
  contract(
    'low-balance-unknown-404',
    'A low-balance alert that does not exist answers 404.',
    async (session) => {
      const path = await alertsOf(session);
      await session.sendFor(404, 'GET', `${path}/${randomUUID()}`);
      await session.sendFor(404, 'DELETE', `${path}/${randomUUID()}`);
    },
  ),
  contract(
    'low-balance-twin-409',
    'A second low-balance alert of the same name on an account answers 409.',
    async (session) => {
      const { id, path } = await createAlert(session);
      await session.sendFor(409, 'POST', path, { body: ALERT_BODY });
      await session.sendFor(200, 'DELETE', `${path}/${id}`);
      session.context.created.remove('platform', 'low-balance alert', id);
    },
  ),
];

const ALERT_BODY = {
  balanceAlertDisplayName: 'Contract check',
  balanceAlertThreshold: 250.5,
  balanceAlertNotification: [{ emailAddress: 'one@example.com' }],
};

async function amend(session: PlatformSession, status: number, body: object): Promise<HttpResponse> {
  const { identifier } = await session.second();
  return session.sendFor(status, 'PATCH', `${accountsOf(await session.customer())}/${identifier}`, { body });
}

async function alertsOf(session: PlatformSession): Promise<string> {
  const { identifier } = await session.opened();
  return `${accountsOf(await session.customer())}/${identifier}/lowbalance`;
}

async function createAlert(
  session: PlatformSession,
): Promise<{ answer: HttpResponse; id: string; path: string }> {
  const path = await alertsOf(session);
  const request: Request = ['POST', path, { body: ALERT_BODY }];
  const answer = await session.sendFor(200, ...request);
  const { balanceAlertID } = answer.json as { balanceAlertID?: unknown };
  return { answer, id: String(balanceAlertID), path };
}
