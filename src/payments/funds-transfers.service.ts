import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AccountView } from '../accounts/account-view.js';
import { PlatformAccountsService } from '../accounts/platform-accounts.service.js';
import type { ActContext } from '../audit/act.js';
import { TransferDirectory, type TransferRecord } from '../books/transfer-directory.service.js';
import type { AccountStatus } from '../entities/account.entity.js';
import { type ActCommand, Acts } from '../idempotency/acts.service.js';
import { AppError } from '../shared/app-error.js';
import { amountIn, invalid } from './amounts.js';
import { partyOf } from './parties.js';
import { PostingService } from './posting.service.js';

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

interface Wanted extends FundsTransferOrder {
  amountMinor: bigint;
  debit: AccountView;
  credit: AccountView;
}

/** Transfers of the platform API: by account identifiers, and done once for each reference. */
@Injectable()
export class FundsTransfersService {
  constructor(
    private readonly acts: Acts,
    private readonly accounts: PlatformAccountsService,
    private readonly posting: PostingService,
    private readonly directory: TransferDirectory,
  ) {}

  /**
   * @throws AppError account_not_found, validation_failed, platform_not_verified, reference_taken when the reference is
   *   that of another transfer, and whatever `PostingService.post` refuses
   */
  async transfer(
    order: FundsTransferOrder,
    { act, claim }: ActCommand<FundsTransfer>,
  ): Promise<FundsTransfer> {
    const { platformId, amount } = order;
    const debit = await this.accounts.getByIdentifier(platformId, order.from);
    const credit = await this.accounts.getByIdentifier(platformId, order.to);
    if (debit.id === credit.id) throw invalid('transferTo', 'must be another account', order.to);
    const amountMinor = amountIn(
      { currencyCode: debit.currency.code, decimals: debit.currency.decimals },
      'amount',
      amount,
    );
    const wanted = { ...order, amountMinor, debit, credit };
    return this.acts.run(claim, (tx) => this.once(tx, wanted, act));
  }

  /** The accounts are locked first, so of two at once under one reference the second finds the first. */
  private async once(tx: EntityManager, wanted: Wanted, act: ActContext): Promise<FundsTransfer> {
    const { platformId, debit, credit, amountMinor, reference, notes } = wanted;
    const opened = await this.posting.lock(tx, platformId, [debit.id, credit.id]);
    const known = reference === null ? null : await this.directory.findByReference(platformId, reference, tx);
    if (known !== null) return presentKnown(known, wanted);
    const statuses = [debit, credit].map(({ id }) => partyOf(opened.parties, id));
    if (statuses.some(({ platformStatus }) => platformStatus !== 'verified'))
      throw new AppError('platform_not_verified');
    const leg = {
      kind: 'transfer' as const,
      debitAccountId: debit.id,
      creditAccountId: credit.id,
      amountMinor,
    };
    const details = { reference, description: notes, effectiveDate: null, metadata: {} };
    const { transfers } = await this.posting.postWithin(tx, opened, { legs: [{ ...leg, ...details }], act });
    const [posted] = transfers;
    if (posted === undefined) throw new Error('a posting without a transfer');
    const [from, to] = statuses.map(({ status }) => status) as [AccountStatus, AccountStatus];
    return toView(posted, {
      ...wanted,
      debit: { ...debit, status: from },
      credit: { ...credit, status: to },
    });
  }
}

/** @throws AppError reference_taken when it is another transfer */
function presentKnown(known: TransferRecord, wanted: Wanted): FundsTransfer {
  const isSame =
    known.debitAccountId === wanted.debit.id &&
    known.creditAccountId === wanted.credit.id &&
    known.amountMinor === String(wanted.amountMinor) &&
    known.description === wanted.notes;
  if (!isSame) throw new AppError('reference_taken');
  const debitPostedMinor = BigInt(known.debitPostedMinor);
  return toView({ ...known, debitPostedMinor, creditPostedMinor: BigInt(known.creditPostedMinor) }, wanted);
}

interface Balances {
  postedAt: Date;
  debitPostedMinor: bigint;
  creditPostedMinor: bigint;
}

function toView(posted: Balances, { debit, credit, amountMinor, reference, notes }: Wanted): FundsTransfer {
  const { postedAt, debitPostedMinor, creditPostedMinor } = posted;
  return {
    ...{ postedAt, amountMinor, reference, notes },
    ...{ currencyCode: debit.currency.code, decimals: debit.currency.decimals },
    from: toParty(debit, debitPostedMinor + amountMinor, debitPostedMinor),
    to: toParty(credit, creditPostedMinor - amountMinor, creditPostedMinor),
  };
}

function toParty(account: AccountView, startingMinor: bigint, endingMinor: bigint): FundsParty {
  const { accountIdentifier, number, displayName, contactEmail, status } = account;
  return {
    accountIdentifier: accountIdentifier ?? '',
    displayName: displayName ?? '',
    contactEmail: contactEmail ?? '',
    ...{ number, status, startingMinor, endingMinor },
  };
}
