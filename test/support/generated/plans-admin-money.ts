import type { TransferRecord } from '../../../src/ledger/reports/transfer-queries.service.js';
import { toTenantId } from '../../../src/shared/object-id.js';
import { anAmount, type Filled, inTheFuture, type RequestPlan, type Plans } from './plan.js';
import type { Made } from './requests.js';
import type { Seeds } from './seeds.js';

const AMOUNT_HELD = 10;

const idOf = (id: string): Filled => ({ parameters: { id } });
const transferId = ({ platformId, id }: TransferRecord): string => toTenantId('trf', platformId, id);

/** A posting from or to the account with a balance of a million. */
const posting: RequestPlan = {
  fill: (seeds, made) => ({
    body: {
      account: seeds.account.name,
      from: seeds.account.name,
      to: seeds.other.name,
      amount: anAmount(made),
      reference: seeds.name('reference'),
    },
  }),
};

/** The same as one line of a bulk call. */
const postingInBulk: RequestPlan = {
  fill: (seeds, made) => ({
    body: {
      from: seeds.account.name,
      to: seeds.other.name,
      amount: anAmount(made),
      reference: seeds.name('reference'),
      idempotencyKey: seeds.name('line'),
    },
  }),
};

async function aTransfer({ money, account }: Seeds): Promise<Filled> {
  return idOf(transferId(await money.deposit(account, 1)));
}

async function aHold(seeds: Seeds): Promise<string> {
  return (await seeds.byAsker('/holds', { account: seeds.account.name, amount: AMOUNT_HELD })).id;
}

/** Captures or releases no more than is held, to an existing account. */
const ofAHold: RequestPlan = {
  fill: async (seeds, made) => ({
    ...idOf(await aHold(seeds)),
    body: { amount: anAmount(made), to: seeds.other.name, reference: seeds.name('reference') },
  }),
};

async function anApproval(seeds: Seeds): Promise<Filled> {
  const wanted = { account: seeds.account.name, direction: 'credit', amount: 1 };
  return idOf((await seeds.byAsker('/adjustments', wanted)).id);
}

/** A request of the calling admin itself. */
async function aRequestOfTheirs(seeds: Seeds): Promise<Filled> {
  const order = { account: seeds.account.name, direction: 'credit', amount: 1 };
  return idOf((await seeds.byAdmin('/adjustments', order)).id);
}

async function aSecret(seeds: Seeds): Promise<Filled> {
  const wanted = { kind: 'platform', platform: seeds.platform, name: 'generated' };
  const { id } = await seeds.byAdmin('/credentials', wanted);
  await seeds.byAsker(`/approvals/${id}/approve`, {});
  return idOf(id);
}

async function aJournal(seeds: Seeds): Promise<Filled> {
  const leg = { from: seeds.account.name, to: seeds.other.name, amount: 1 };
  return idOf((await seeds.byAsker('/journals', { transfers: [leg] })).id);
}

interface Leg {
  from: string;
  to: string;
  amount: number;
  reference?: string;
}

/** The generated legs, between existing accounts. */
function legsOf(seeds: Seeds, made: Made): Leg[] {
  const { transfers } = made.body as { transfers: Leg[] };
  return transfers.map(({ reference, ...leg }) => ({
    ...leg,
    from: seeds.account.name,
    to: seeds.other.name,
    amount: anAmount(made),
    ...(reference === undefined ? {} : { reference: seeds.name('reference') }),
  }));
}

const withoutCursor: RequestPlan = { fill: () => ({ parameters: { cursor: undefined } }) };

export const ADMIN_MONEY_PLANS: Plans = {
  findTransfers: withoutCursor,
  getTransfer: { fill: aTransfer },
  getJournal: { fill: aJournal },
  postTransfer: posting,
  postTransfersInBulk: postingInBulk,
  postDeposit: posting,
  postWithdrawal: posting,
  requestAdjustment: posting,
  postJournal: { fill: (seeds, made) => ({ body: { transfers: legsOf(seeds, made) } }) },
  reverseTransfer: { fill: aTransfer },
  findHolds: withoutCursor,
  placeHold: {
    fill: (seeds, made) => ({
      body: {
        account: seeds.account.name,
        amount: anAmount(made),
        reference: seeds.name('hold'),
        expiresAt: inTheFuture(made),
      },
    }),
  },
  getHold: { fill: async (seeds) => idOf(await aHold(seeds)) },
  captureHold: ofAHold,
  releaseHold: ofAHold,
  // Two random times may be in the wrong order.
  getAccountStatement: {
    fill: ({ account }) => ({ parameters: { id: account.name, cursor: undefined, until: undefined } }),
  },
  // Only one of `at` and `effectiveDate` is allowed.
  getAccountBalance: {
    fill: ({ account }, { pick }) => ({
      parameters: { id: account.name, [pick % 2 === 0 ? 'at' : 'effectiveDate']: undefined },
    }),
  },
  getTrialBalance: { fill: (seeds) => ({ parameters: { currency: 'USD', platform: seeds.platform } }) },
  // For the whole bank it would read everything that the earlier requests posted.
  verifyLedger: { fill: (seeds) => ({ parametersAlways: { platform: seeds.empty } }) },
  listPostingLimits: {},
  changePostingLimit: {
    fill: async (seeds, made) => {
      // Only one request per limit may be pending.
      await seeds.query(`UPDATE approval_requests SET status = 'withdrawn', decided_at = now()
        WHERE action = 'posting_limit.change' AND status = 'pending'`);
      return { parameters: { currency: 'USD' }, always: { limit: anAmount(made) } };
    },
  },
  listApprovals: withoutCursor,
  getApproval: { fill: anApproval },
  approveRequest: { fill: anApproval },
  refuseRequest: { fill: anApproval },
  withdrawRequest: { fill: aRequestOfTheirs },
  collectSecret: { fill: aSecret },
};
