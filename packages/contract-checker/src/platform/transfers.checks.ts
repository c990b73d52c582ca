import { type ContractCheck, defining, Skipped } from '../check.js';
import { type JsonObject, Numeral } from '../exact-json.js';
import type { HttpResponse } from '../http-client.js';
import { type ContractRefusal, refusalChecks } from '../refusals.js';
import { TRANSFER } from './platform-forms.js';
import { BASE, type PlatformAccount, type PlatformSession } from './platform-session.js';

const PATH = `${BASE}/transferFunds`;
const DECIMALS = 2;
const CENT = 0.01;
const destructive = defining<PlatformSession>('platform', 'contract', true);

/** From one empty account to another: a correct server moves no money. */
const between = async (session: PlatformSession, members: object) => {
  const [transferFrom, transferTo] = [
    (await session.opened()).identifier,
    (await emptyUsd(session)).identifier,
  ];
  return ['POST', PATH, { body: { transferFrom, transferTo, amount: CENT, ...members } }] as const;
};

const REFUSALS: readonly ContractRefusal<PlatformSession>[] = [
  {
    name: 'transfer-amount',
    status: 400,
    code: '400.001',
    isDestructive: true,
    sentence: 'A transfer of nothing, of less, of half a cent or of what is no number',
    requests: (session) =>
      Promise.all([0, -1, 0.005, '1', null].map((amount) => between(session, { amount }))),
  },
  {
    name: 'transfer-insufficient',
    status: 409,
    isDestructive: true,
    sentence: 'A transfer of more than the account has',
    requests: async (session) => [await between(session, {})],
  },
  {
    name: 'transfer-unknown-account',
    status: 404,
    code: '404.003',
    isDestructive: true,
    sentence: 'A transfer from or to an account that is not the platform’s',
    requests: async (session) => {
      const nobody = session.identifier('nobody');
      return [
        await between(session, { transferFrom: nobody }),
        await between(session, { transferTo: nobody }),
      ];
    },
  },
  {
    name: 'transfer-notes-too-long',
    status: 400,
    code: '400.001',
    isDestructive: true,
    sentence: 'A transfer with notes of more than 150 characters',
    requests: async (session) => [await between(session, { transferNotes: 'n'.repeat(151) })],
  },
];

export const PLATFORM_TRANSFERS: readonly ContractCheck<PlatformSession>[] = [
  ...refusalChecks('platform', REFUSALS),
  destructive(
    'transfer-200',
    'A transfer moves exactly its amount, once per externalRefID.',
    async (session) => {
      const { identifier: to } = await session.opened();
      const there = {
        transferFrom: funded(session),
        transferTo: to,
        externalRefID: session.identifier('there'),
      };
      const back = {
        transferFrom: to,
        transferTo: funded(session),
        externalRefID: session.identifier('back'),
      };
      const moved = await move(session, there);
      session.expectForm(moved, TRANSFER);
      expectMoved(session, moved, 'transferFrom', -1n);
      expectMoved(session, moved, 'transferTo', 1n);
      const again = await move(session, there);
      session.expectSame(again, 'the same answer', again.json, moved.json);
      // If the second request had also moved a cent, the account would not be empty after one is returned.
      const last = await move(session, back);
      expectMoved(session, last, 'transferFrom', -1n);
      const { endingBalance } = (last.json as { transferFrom: JsonObject }).transferFrom;
      if (JSON.stringify(endingBalance) !== '0') session.fail(last, 'endingBalance 0', last.text);
    },
  ),
];

function funded({ fundedAccount }: PlatformSession): string {
  if (fundedAccount === null)
    throw new Skipped('needs --funded-account: an account with money, in US dollars');
  return fundedAccount;
}

/** A second empty account in US dollars. */
async function emptyUsd(session: PlatformSession): Promise<Pick<PlatformAccount, 'identifier'>> {
  return session.once('a second account in US dollars', async () => {
    await session.sendFor(201, ...(await session.opening('three')));
    return { identifier: session.identifier('three') };
  });
}

async function move(session: PlatformSession, members: object): Promise<HttpResponse> {
  return session.sendFor(200, 'POST', PATH, { body: { ...members, amount: CENT } });
}

/** @param cents the expected change of that party's balance */
function expectMoved(session: PlatformSession, answer: HttpResponse, party: string, cents: bigint): void {
  const { startingBalance, endingBalance } = (answer.json as Record<string, JsonObject>)[party] ?? {};
  const isExact = startingBalance instanceof Numeral && endingBalance instanceof Numeral;
  if (isExact && endingBalance.toUnits(DECIMALS) - startingBalance.toUnits(DECIMALS) === cents) return;
  session.fail(answer, `${party} changed by exactly ${cents} cents`, answer.text);
}
