import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ActContext } from '../audit/act.js';
import { TransferDirectory } from '../books/transfer-directory.service.js';
import type { AccountStatus } from '../entities/account.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import type { PostedTransfer } from '../ledger/ledger.service.js';
import { AppError } from '../shared/app-error.js';
import { amountIn, invalid } from './amounts.js';
import { type Party, partyOf } from './parties.js';
import { type Opened, PostingService } from './posting.service.js';

/** An amount that a platform moves between two of its accounts. */
export interface FundsTransferOrder {
  platformId: string;
  /** Account identifiers, as is `to`. */
  from: string;
  to: string;
  /** Major units. */
  amount: number;
  /** The platform's own name for it: the same one again is the same transfer. */
  reference: string | null;
  notes: string | null;
}

/** One side of it. */
export interface FundsParty {
  accountIdentifier: string;
  number: string;
  displayName: string;
  contactEmail: string;
  status: AccountStatus;
  startingMinor: bigint;
  endingMinor: bigint;
}

/** A transfer as its platform sees it. Amounts are minor units. */
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

/** Its two accounts. */
interface Sides {
  debit: Party;
  credit: Party;
  amountMinor: bigint;
}

/** Transfers of the platform API: by account identifiers, and done once for each reference. */
@Injectable()
export class FundsTransfersService {
  constructor(
    private readonly acts: Acts,
    private readonly posting: PostingService,
    private readonly directory: TransferDirectory,
  ) {}

  /**
   * Everything is read within the transaction: of a thousand at once, none waits for a connection beside its own.
   * @throws AppError account_not_found, validation_failed, platform_not_verified, reference_taken when the reference is
   *   that of another transfer, and whatever `PostingService.post` refuses
   */
  async transfer(
    order: FundsTransferOrder,
    { act, claim }: ActCommand<FundsTransfer>,
  ): Promise<FundsTransfer> {
    return this.acts.run(claim, async (tx) => {
      const { platformId } = order;
      const [debitId, creditId] = await findAccounts(tx, order);
      if (debitId === creditId) throw invalid('transferTo', 'must be another account', order.to);
      const opened = await this.posting.lock(tx, platformId, [debitId, creditId]);
      const debit = partyOf(opened.parties, debitId);
      const credit = partyOf(opened.parties, creditId);
      const sides = { debit, credit, amountMinor: amountIn(debit, 'amount', order.amount) };
      return (await this.findKnown(tx, order, sides)) ?? this.post(tx, opened, { order, sides, act });
    });
  }

  /**
   * What was done under this reference. The accounts are locked, so of two at once the second finds the first.
   * @throws AppError reference_taken when it was something else
   */
  private async findKnown(
    tx: EntityManager,
    { platformId, reference, notes }: FundsTransferOrder,
    sides: Sides,
  ): Promise<FundsTransfer | null> {
    const known = reference === null ? null : await this.directory.findByReference(platformId, reference, tx);
    if (known === null) return null;
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

  private async post(
    tx: EntityManager,
    opened: Opened,
    { order, sides, act }: { order: FundsTransferOrder; sides: Sides; act: ActContext },
  ): Promise<FundsTransfer> {
    const { debit, credit, amountMinor } = sides;
    if (debit.platformStatus !== 'verified') throw new AppError('platform_not_verified');
    const leg = {
      kind: 'transfer' as const,
      debitAccountId: debit.id,
      creditAccountId: credit.id,
      amountMinor,
    };
    const { reference, notes: description } = order;
    const details = { reference, description, effectiveDate: null, metadata: {} };
    const { transfers } = await this.posting.postWithin(tx, opened, { legs: [{ ...leg, ...details }], act });
    const [posted] = transfers;
    if (posted === undefined) throw new Error('a posting without a transfer');
    return toView(sides, posted);
  }
}

/** The ids of the two accounts that an order names. @throws AppError account_not_found */
async function findAccounts(
  tx: EntityManager,
  { platformId, from, to }: FundsTransferOrder,
): Promise<[debit: string, credit: string]> {
  const names = [from.toLowerCase(), to.toLowerCase()];
  const rows = await tx.query<{ id: string; name: string }[]>(
    `SELECT id, account_identifier AS name FROM accounts
     WHERE platform_id = $1 AND channel = 'platform' AND account_identifier = ANY($2::text[])`,
    [platformId, names],
  );
  const [debit, credit] = names.map((name) => rows.find((row) => row.name === name)?.id);
  if (debit === undefined || credit === undefined) throw new AppError('account_not_found');
  return [debit, credit];
}

type Done = Pick<
  PostedTransfer,
  'postedAt' | 'reference' | 'description' | 'debitPostedMinor' | 'creditPostedMinor'
>;

function toView({ debit, credit, amountMinor }: Sides, done: Done): FundsTransfer {
  const { postedAt, reference, description: notes, debitPostedMinor, creditPostedMinor } = done;
  return {
    ...{ postedAt, amountMinor, reference, notes },
    ...{ currencyCode: debit.currencyCode, decimals: debit.decimals },
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
    ...{ number, status, startingMinor, endingMinor },
  };
}
