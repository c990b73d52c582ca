import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { TransferRecord } from '../ledger/reports/transfer-queries.service.js';
import { BatchedLookup, defineLookup } from '../database/batched-lookup.js';
import { PLATFORM_ID } from '../database/row-columns.js';
import type { AccountStatus } from '../entities/account.entity.js';
import type { IdempotentCommand } from '../idempotency/idempotent-transaction.service.js';
import type { Leg, PostedTransfer } from '../ledger/posted-transfer.js';
import { AppError } from '../shared/app-error.js';
import { amountIn, invalid } from './amounts.js';
import { BatchedPostings } from './batched-postings.service.js';
import { type Parties, type Party, partyOf } from './parties.js';

/** A transfer between two accounts of one platform, as the platform API requests it. */
export interface FundsTransferOrder {
  platformId: string;
  /** Account identifier, as is `to`. */
  from: string;
  to: string;
  /** Major units. */
  amount: number;
  /** The platform's own unique reference. The same order with the same reference again returns the first transfer. */
  reference: string | null;
  notes: string | null;
}

/** One side of the transfer, with its posted balance before and after, in minor units. */
export interface FundsParty {
  accountIdentifier: string;
  number: string;
  displayName: string;
  contactEmail: string;
  status: AccountStatus;
  startingMinor: bigint;
  endingMinor: bigint;
}

/** A transfer as the platform API returns it. Amounts are minor units. */
export interface FundsTransfer {
  postedAt: Date;
  amountMinor: bigint;
  currencyCode: string;
  decimals: number;
  reference: string | null;
  notes: string | null;
  from: FundsParty;
  to: FundsParty;
}

/** The two accounts of a transfer, and its amount. */
interface Sides {
  debit: Party;
  credit: Party;
  amountMinor: bigint;
}

/** An account by its identifier on its platform. */
interface AccountName {
  platformId: string;
  /** In lower case. */
  identifier: string;
}

/** Transfers of the platform API: addressed by account identifiers, executed once per reference. */
@Injectable()
export class FundsTransfersService {
  private readonly accounts: BatchedLookup<AccountName, { id: string }>;

  constructor(
    dataSource: DataSource,
    private readonly postings: BatchedPostings,
  ) {
    this.accounts = new BatchedLookup(dataSource, BY_IDENTIFIER);
  }

  /**
   * @throws AppError account_not_found, validation_failed, platform_not_verified, reference_taken when a different
   *   transfer has the reference, and the errors of `BatchedPostings.post`
   */
  async transfer(
    order: FundsTransferOrder,
    { audit, claim }: IdempotentCommand<FundsTransfer>,
  ): Promise<FundsTransfer> {
    const { platformId, reference } = order;
    const [debitId, creditId] = await Promise.all([
      this.accountIdOf(platformId, order.from),
      this.accountIdOf(platformId, order.to),
    ]);
    if (debitId === creditId) throw invalid('transferTo', 'must be another account', order.to);
    const sidesIn = (parties: Parties): Sides =>
      sidesOf(order, partyOf(parties, debitId), partyOf(parties, creditId));
    return this.postings.post<FundsTransfer>({
      platformId,
      audit,
      claim,
      accountIds: [debitId, creditId],
      legCount: 1,
      references: reference === null ? [] : [reference],
      plan: (parties, [known]) => {
        const sides = sidesIn(parties);
        return known === undefined
          ? { legs: [legOf(order, sides)] }
          : { done: knownView(order, sides, known) };
      },
      view: ([posted], parties) => {
        if (posted === undefined) throw new Error('a posting returned no transfer');
        return toView(sidesIn(parties), posted);
      },
    });
  }

  /** @throws AppError account_not_found */
  private async accountIdOf(platformId: string, name: string): Promise<string> {
    const account = await this.accounts.find({ platformId, identifier: name.toLowerCase() });
    if (account === null) throw new AppError('account_not_found');
    return account.id;
  }
}

const BY_IDENTIFIER = defineLookup<AccountName>({
  name: 'find-account-id-by-identifier',
  keys: [PLATFORM_ID, { name: 'identifier', type: 'text', of: ({ identifier }) => identifier }],
  select: 'a.id',
  from: `CROSS JOIN LATERAL (SELECT id FROM accounts WHERE platform_id = wanted.platform_id
    AND channel = 'platform' AND account_identifier = wanted.identifier LIMIT 1) a`,
});

/** @throws AppError validation_failed for an amount that the currency cannot represent */
function sidesOf({ amount }: FundsTransferOrder, debit: Party, credit: Party): Sides {
  return { debit, credit, amountMinor: amountIn(debit, 'amount', amount) };
}

/** @throws AppError platform_not_verified */
function legOf(
  { reference, notes: description }: FundsTransferOrder,
  { debit, credit, amountMinor }: Sides,
): Leg {
  if (debit.platformStatus !== 'verified') throw new AppError('platform_not_verified');
  return {
    kind: 'transfer',
    debitAccountId: debit.id,
    creditAccountId: credit.id,
    amountMinor,
    reference,
    description,
    effectiveDate: null,
    metadata: {},
  };
}

/** The transfer that has this reference. @throws AppError reference_taken when it differs from the order */
function knownView({ notes }: FundsTransferOrder, sides: Sides, known: TransferRecord): FundsTransfer {
  const isSame =
    known.debitAccountId === sides.debit.id &&
    known.creditAccountId === sides.credit.id &&
    known.amountMinor === String(sides.amountMinor) &&
    known.description === notes;
  if (!isSame) throw new AppError('reference_taken');
  return toView(sides, {
    ...known,
    debitPostedMinor: BigInt(known.debitPostedMinor),
    creditPostedMinor: BigInt(known.creditPostedMinor),
  });
}

type Done = Pick<
  PostedTransfer,
  'postedAt' | 'reference' | 'description' | 'debitPostedMinor' | 'creditPostedMinor'
>;

function toView({ debit, credit, amountMinor }: Sides, done: Done): FundsTransfer {
  const { postedAt, reference, description: notes, debitPostedMinor, creditPostedMinor } = done;
  return {
    postedAt,
    amountMinor,
    reference,
    notes,
    currencyCode: debit.currencyCode,
    decimals: debit.decimals,
    from: toParty(debit, debitPostedMinor + amountMinor, debitPostedMinor),
    to: toParty(credit, creditPostedMinor - amountMinor, creditPostedMinor),
  };
}

function toParty(party: Party, startingMinor: bigint, endingMinor: bigint): FundsParty {
  const { accountIdentifier, number, displayName, contactEmail, status } = party;
  return {
    accountIdentifier: accountIdentifier ?? '',
    displayName: displayName ?? '',
    contactEmail: contactEmail ?? '',
    number,
    status,
    startingMinor,
    endingMinor,
  };
}
