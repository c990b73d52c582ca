import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { CurrenciesService, type CurrencyView } from '../currencies/currencies.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { ReferenceCache } from '../database/reference-cache.js';
import { POSTING_ROLES, type PostingRole } from '../entities/admin.entity.js';
import { Currency } from '../entities/currency.entity.js';
import { SYSTEM_PLATFORM_ID } from '../entities/platform.entity.js';
import { PostingLimit } from '../entities/posting-limit.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import type { Leg } from '../ledger/posted-transfer.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { MAX_AMOUNT_MINOR, toMajorNumber } from '../shared/money.js';
import { toSystemId } from '../shared/object-id.js';
import { amountIn } from './amounts.js';
import { type Parties, partyOf } from './parties.js';

/** Default limits in major units, by role and kind of currency. */
export const DEFAULT_LIMITS = {
  operator: { fiat: 10_000, digital: 1 },
  approver: { fiat: 50_000, digital: 5 },
} as const satisfies Record<PostingRole, Record<CurrencyView['kind'], number>>;

/** The amount that an admin with a role may post in a currency without an approval. */
export interface PostingLimitView {
  role: PostingRole;
  currency: string;
  decimals: number;
  limitMinor: bigint;
  isDefault: boolean;
}

interface LimitPayload {
  role: PostingRole;
  currency: string;
  limitMinor: string;
}

/** A snapshot of all limits, so that the decision about a batch needs no I/O. */
export class PostingLimitTable {
  private readonly limits: ReadonlyMap<string, PostingLimitView>;

  constructor(limits: readonly PostingLimitView[]) {
    this.limits = new Map(limits.map((limit) => [`${limit.role} ${limit.currency}`, limit]));
  }

  /** @throws AppError posting_limit_exceeded when the sum of the legs in one currency exceeds the role's limit */
  assertWithin(legs: readonly Leg[], parties: Parties, { postingRole }: AuditContext): void {
    if (postingRole === undefined) return;
    const sums = new Map<string, bigint>();
    for (const { debitAccountId, amountMinor } of legs) {
      const { currencyCode } = partyOf(parties, debitAccountId);
      sums.set(currencyCode, (sums.get(currencyCode) ?? 0n) + amountMinor);
    }
    for (const [currency, sumMinor] of sums) {
      const limit = this.limits.get(`${postingRole} ${currency}`);
      if (limit === undefined) throw new Error(`no posting limit for ${currency}`);
      if (sumMinor > limit.limitMinor) throw new AppError('posting_limit_exceeded');
    }
  }

  all(): PostingLimitView[] {
    return [...this.limits.values()];
  }
}

/**
 * The audit context without the role's limit, for postings that were approved: the approver's own limit does not apply.
 */
export function withoutLimit(audit: AuditContext): AuditContext {
  const unlimited = { ...audit };
  delete unlimited.postingRole;
  return unlimited;
}

/** Posting limits of admins per role and currency, stored with defaults. A change needs an approval. */
@Injectable()
export class PostingLimits implements OnModuleInit {
  private readonly cache: ReferenceCache<PostingLimitTable>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly feed: ChangeFeed,
    private readonly currencies: CurrenciesService,
    private readonly transaction: IdempotentTransaction,
    private readonly approvals: ApprovalsService,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {
    this.cache = new ReferenceCache(feed, ['posting-limits', 'currencies'], () => this.load());
  }

  onModuleInit(): void {
    this.approvals.register('posting_limit.change', {
      lock: (tx, { payload }) => lockCurrency(tx, (payload as LimitPayload).currency),
      execute: async (tx, { payload }, audit) => {
        await this.write(tx, payload as LimitPayload, audit);
        return null;
      },
    });
  }

  current(): Promise<PostingLimitTable> {
    return this.cache.get();
  }

  /**
   * @param limit major units
   * @throws AppError object_not_found, validation_failed, approval_pending
   */
  async requestChange(
    { role, currency, limit }: { role: PostingRole; currency: string; limit: number },
    { audit, claim }: IdempotentCommand<ApprovalView>,
  ): Promise<ApprovalView> {
    const { decimals } = await this.currencies.find(currency);
    const limitMinor = amountIn({ currencyCode: currency, decimals }, 'limit', limit);
    return this.transaction.run(claim, async (tx) => {
      await lockCurrency(tx, currency);
      const before = (await this.load(tx))
        .all()
        .find((one) => one.role === role && one.currency === currency);
      if (before === undefined) throw new AppError('object_not_found');
      const payload: LimitPayload = { role, currency, limitMinor: String(limitMinor) };
      return this.approvals.request(tx, {
        platformId: SYSTEM_PLATFORM_ID,
        action: 'posting_limit.change',
        objectId: toSystemId('lim', `${role}_${currency}`),
        payload,
        summary: {
          role,
          currency,
          before: { limit: toMajorNumber(before.limitMinor, decimals) },
          after: { limit },
        },
        audit,
      });
    });
  }

  private async write(
    tx: EntityManager,
    { role, currency, limitMinor }: LimitPayload,
    audit: AuditContext,
  ): Promise<void> {
    const row = { role, currencyCode: currency, limitMinor, updatedAt: this.clock.now() };
    await tx.upsert(PostingLimit, row, ['role', 'currencyCode']);
    await this.feed.announce(tx, 'posting-limits');
    const { decimals } = await this.currencies.get(currency);
    await this.trail.append(tx, {
      platformId: SYSTEM_PLATFORM_ID,
      action: 'posting_limit.changed',
      objectId: toSystemId('lim', `${role}_${currency}`),
      audit,
      after: { role, currency, limit: toMajorNumber(BigInt(limitMinor), decimals) },
    });
  }

  private async load(on: EntityManager = this.dataSource.manager): Promise<PostingLimitTable> {
    const rows = await on.find(PostingLimit);
    const set = new Map(rows.map((row) => [`${row.role} ${row.currencyCode}`, BigInt(row.limitMinor)]));
    const currencies = [...(await this.currencies.all()).values()];
    const limits = currencies.flatMap(({ code, decimals, kind }) =>
      POSTING_ROLES.map((role): PostingLimitView => {
        const limitMinor = set.get(`${role} ${code}`);
        const isDefault = limitMinor === undefined;
        const presetMinor = defaultOf(role, kind, decimals);
        return { role, currency: code, decimals, limitMinor: limitMinor ?? presetMinor, isDefault };
      }),
    );
    return new PostingLimitTable(limits);
  }
}

function defaultOf(role: PostingRole, kind: CurrencyView['kind'], decimals: number): bigint {
  const limitMinor = BigInt(DEFAULT_LIMITS[role][kind]) * 10n ** BigInt(decimals);
  return limitMinor < MAX_AMOUNT_MINOR ? limitMinor : MAX_AMOUNT_MINOR - 1n;
}

async function lockCurrency(tx: EntityManager, code: string): Promise<void> {
  await tx.findOne(Currency, { where: { code }, lock: { mode: 'pessimistic_write' } });
}
