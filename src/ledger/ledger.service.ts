import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { TransferKind } from '../entities/transfer.entity.js';
import { Clock } from '../shared/clock.js';
import { lockBalances } from './balances.sql.js';
import { Book } from './book.js';

/** What is told of a transfer beside its two accounts and its amount. */
export interface TransferDetails {
  /** The caller's own name for it, unique on the platform. */
  reference: string | null;
  description: string | null;
  /** `2026-01-31`: the day it counts for. `null`: the day it is posted, in UTC. */
  effectiveDate: string | null;
  metadata: Readonly<Record<string, string>>;
}

/** An amount to be moved. */
export interface Leg extends TransferDetails {
  kind: TransferKind;
  debitAccountId: string;
  creditAccountId: string;
  amountMinor: bigint;
  reversesId?: string;
  holdId?: string;
}

/** A transfer as it was written. */
export interface PostedTransfer extends Leg {
  platformId: string;
  id: string;
  /** Id of the first transfer that was posted with it. */
  journalId: string;
  currencyCode: string;
  debitPostedMinor: bigint;
  creditPostedMinor: bigint;
  postedAt: Date;
  effectiveDate: string;
}

/** Accounts that are locked until the transaction ends: what they hold, and the moment of what is done to them. */
export interface OpenBook {
  platformId: string;
  book: Book;
  /** Never earlier than what was done to any of them before, whatever the clocks of two processes say. */
  at: Date;
}

const SAVE_SQL = `UPDATE balances b SET posted_minor = c.posted, locked_minor = c.locked, updated_at = $2::timestamptz
  FROM unnest($3::bigint[], $4::bigint[], $5::bigint[]) AS c(account, posted, locked)
  WHERE b.platform_id = $1::bigint AND b.account_id = c.account`;

/** Ids are taken here, while every account is locked: an account's transfers are in their order. */
const POST_SQL = `WITH saved AS (
    ${SAVE_SQL}
  ), leg AS MATERIALIZED (
    SELECT nextval('transfers_id_seq') AS id, leg.*
    FROM unnest($6::text[], $7::bigint[], $8::bigint[], $9::text[], $10::bigint[], $11::bigint[], $12::bigint[],
      $13::date[], $14::text[], $15::text[], $16::text[], $17::bigint[], $18::bigint[])
      AS leg(kind, debit, credit, currency, amount, debit_posted, credit_posted, effective, reference, description,
        metadata, reverses, hold)
  )
  INSERT INTO transfers (platform_id, id, journal_id, kind, debit_account_id, credit_account_id, currency_code,
    amount_minor, debit_posted_minor, credit_posted_minor, posted_at, effective_date, reference, description,
    metadata, reverses_id, hold_id)
  SELECT $1::bigint, id, (SELECT min(id) FROM leg), kind, debit, credit, currency, amount, debit_posted,
    credit_posted, $2::timestamptz, effective, reference, description, metadata::jsonb, reverses, hold
  FROM leg
  RETURNING id`;

/** Double entry on rows that are locked: knows amounts and accounts, nobody who owns them and no reason. */
@Injectable()
export class LedgerService {
  constructor(private readonly clock: Clock) {}

  /** Locks accounts until the transaction ends. What does not exist is missing from the book. */
  async open(tx: EntityManager, platformId: string, accountIds: readonly string[]): Promise<OpenBook> {
    const rows = await lockBalances(tx, platformId, [...new Set(accountIds)]);
    const latest = Math.max(this.clock.now().getTime(), ...rows.map(({ updatedAt }) => updatedAt.getTime()));
    const holdings = rows.map(({ accountId, currencyCode, mayBeNegative, postedMinor, lockedMinor }) => ({
      ...{ accountId, currencyCode, mayBeNegative },
      ...{ postedMinor: BigInt(postedMinor), lockedMinor: BigInt(lockedMinor) },
    }));
    return { platformId, book: new Book(holdings), at: new Date(latest) };
  }

  /**
   * Posts the legs one after the other, all or none, and writes what became of the book: what else was done to it
   * before, such as locking, with it.
   * @throws AppError insufficient_funds, balance_limit_exceeded, currency_mismatch, object_not_found
   */
  async post(tx: EntityManager, open: OpenBook, legs: readonly Leg[]): Promise<PostedTransfer[]> {
    const { platformId, book, at } = open;
    const decided = legs.map((leg) => ({
      ...leg,
      ...book.transfer(leg.debitAccountId, leg.creditAccountId, leg.amountMinor),
    }));
    const unnumbered = decided.map((leg) => ({
      ...leg,
      ...{ platformId, postedAt: at, currencyCode: book.get(leg.debitAccountId).currencyCode },
      effectiveDate: leg.effectiveDate ?? at.toISOString().slice(0, 10),
    }));
    const parameters = [...savedParameters(open), ...legParameters(unnumbered)];
    const rows = await tx.query<{ id: string }[]>(POST_SQL, parameters);
    // Taken in the order of the legs, but returned in any.
    const ids = rows.map(({ id }) => BigInt(id)).sort((a, b) => Number(a - b));
    return unnumbered.map((leg, index) => ({ ...leg, id: String(ids[index]), journalId: String(ids[0]) }));
  }

  /** Writes what became of the book. */
  async save(tx: EntityManager, open: OpenBook): Promise<void> {
    await tx.query(SAVE_SQL, savedParameters(open));
  }
}

function savedParameters({ platformId, book, at }: OpenBook): unknown[] {
  const changed = book.changed();
  return [
    ...[platformId, at],
    changed.map(({ accountId }) => accountId),
    changed.map(({ postedMinor }) => String(postedMinor)),
    changed.map(({ lockedMinor }) => String(lockedMinor)),
  ];
}

type Unnumbered = Omit<PostedTransfer, 'id' | 'journalId'>;

const LEG_COLUMNS: readonly ((leg: Unnumbered) => string | null)[] = [
  ({ kind }) => kind,
  ({ debitAccountId }) => debitAccountId,
  ({ creditAccountId }) => creditAccountId,
  ({ currencyCode }) => currencyCode,
  ({ amountMinor }) => String(amountMinor),
  ({ debitPostedMinor }) => String(debitPostedMinor),
  ({ creditPostedMinor }) => String(creditPostedMinor),
  ({ effectiveDate }) => effectiveDate,
  ({ reference }) => reference,
  ({ description }) => description,
  ({ metadata }) => JSON.stringify(metadata),
  ({ reversesId }) => reversesId ?? null,
  ({ holdId }) => holdId ?? null,
];

function legParameters(legs: readonly Unnumbered[]): unknown[] {
  return LEG_COLUMNS.map((column) => legs.map(column));
}
