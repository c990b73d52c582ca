import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { CurrenciesService, type CurrencyView } from '../../currencies/currencies.service.js';
import type { LockMode, BatchOutcome } from '../../concurrency/batcher.js';
import { runPrepared } from '../../database/prepared.js';
import { rowsParameters } from '../../database/row-columns.js';
import { ClaimLost, IdempotencyService } from '../../idempotency/idempotency.service.js';
import { zeroBalance } from '../../ledger/open-balance.js';
import { ProductsService, type ProductView } from '../../products/products.service.js';
import { AppError } from '../../shared/app-error.js';
import { randomAccountId, toAccountNumber } from '../../shared/ids.js';
import { toTenantId } from '../../shared/object-id.js';
import { firstRefusal, judge } from '../../shared/rule.js';
import { toEventAccount } from '../account-events.js';
import {
  LOCK_AND_READ_FACTS,
  type FactsRow,
  type NewAccount,
  INSERT_ACCOUNTS,
  INSERT_ACCOUNTS_COLUMNS,
  type InsertedAccountRow,
  REQUEST_COLUMNS,
} from './account-opening.sql.js';
import type { AccountView } from '../reading/account-view.js';
import { type Opening, describeRequest } from './opening.js';
import { OPENING_RULES, type OpeningFacts } from './opening-rules.js';

type AllowedFacts = OpeningFacts & FactsRow & { currencyCode: string };

/** Reference data, read before the transaction. */
interface Reference {
  currencies: ReadonlyMap<string, CurrencyView>;
  products: ReadonlyMap<number, ProductView>;
}

interface Allowed {
  opening: Opening;
  facts: AllowedFacts;
  account: AccountView;
  /** Index of the opening in its batch. */
  index: number;
}

/**
 * Evaluates the rules for a batch of openings and writes those that pass, in two statements of one transaction:
 * `LOCK_AND_READ_FACTS`, then `INSERT_ACCOUNTS`.
 */
@Injectable()
export class OpeningWriter {
  constructor(
    private readonly currencies: CurrenciesService,
    private readonly products: ProductsService,
    private readonly idempotency: IdempotencyService,
  ) {}

  /** Call it before the transaction: inside it, a cold cache would wait for a second connection from the pool. */
  async reference(): Promise<Reference> {
    return { currencies: await this.currencies.all(), products: await this.products.all() };
  }

  /**
   * Writes the openings that every rule allows; a refused opening writes nothing.
   * @param openings all of products, or all of currencies
   * @param lockMode `skipLocked`: an opening gets the outcome `retrySingly` when another transaction has locked its
   *   customer's row
   * @returns one outcome per opening; errors are refusals with the verdicts of all rules, and ClaimLost
   */
  async open(
    tx: EntityManager,
    openings: readonly Opening[],
    { reference, lockMode }: { reference: Reference; lockMode: LockMode },
  ): Promise<BatchOutcome<AccountView>[]> {
    const [now, expiresAt] = this.idempotency.times();
    const rows = await this.decide(tx, openings, { now, lockMode });
    for (const { audit } of openings) audit.watch?.lap('lock');
    const outcomes = openings.map((opening, index): BatchOutcome<AccountView> | Allowed => {
      const row = rows.get(index + 1);
      if (row === undefined) return missing(lockMode);
      return attempt(() => {
        const facts = assertAllowed(opening, {
          ...row,
          allowedCurrencies: opening.allowedCurrencies,
          duplicate: false,
          capReached: false,
        });
        return { opening, facts, account: describe(opening, facts, { ...reference, now }), index };
      });
    });
    const allowed = outcomes.filter((outcome) => isAllowed(outcome));
    const { ready, later } = withoutRivals(allowed);
    for (const { index } of later) outcomes[index] = 'retrySingly';
    const written = await this.write(tx, ready, [now, expiresAt]);
    for (const { audit } of openings) audit.watch?.lap('write');
    return outcomes.map((outcome, index) =>
      isAllowed(outcome) ? outcomeOf(outcome, written.get(index)) : outcome,
    );
  }

  private async decide(
    tx: EntityManager,
    openings: readonly Opening[],
    { now, lockMode }: { now: Date; lockMode: LockMode },
  ): Promise<Map<number, FactsRow>> {
    const kind = openings[0]?.channel === 'workspace' ? 'product' : 'currency';
    const parameters = [now, ...rowsParameters(REQUEST_COLUMNS, openings)];
    const rows = await runPrepared<FactsRow>(tx, LOCK_AND_READ_FACTS[kind][lockMode], parameters);
    return new Map(rows.map((row) => [row.number, row]));
  }

  /** The inserted rows, by the index of the opening. */
  private async write(
    tx: EntityManager,
    allowed: readonly Allowed[],
    times: [now: Date, expiresAt: Date],
  ): Promise<Map<number, InsertedAccountRow>> {
    if (allowed.length === 0) return new Map();
    const accounts = allowed.map((one) => this.toNewAccount(one));
    const rows = await runPrepared<InsertedAccountRow>(tx, INSERT_ACCOUNTS, [
      ...times,
      ...rowsParameters(INSERT_ACCOUNTS_COLUMNS, accounts),
    ]);
    return new Map(rows.map((row) => [allowed[row.number - 1]?.index ?? -1, row]));
  }

  private toNewAccount({ opening, facts, account }: Allowed): NewAccount {
    const { platformId, claim } = opening;
    const described = toEventAccount({ ...account, platformId, currencyCode: account.currency.code });
    return {
      opening,
      account,
      maxAccounts: facts.maxAccountsPerCustomer,
      duplicateRule: facts.duplicateRule,
      record:
        claim === null
          ? null
          : {
              ...claim,
              receipt: this.idempotency.seal({
                request: claim,
                storedResponse: claim.storedResponseOf(account),
              }),
            },
      entry: {
        platformId,
        action: 'account.opened',
        objectId: described.id,
        audit: opening.audit,
        after: describeDecision(opening, facts),
        verdicts: judge(OPENING_RULES[opening.channel], facts),
      },
      event: { account: described },
    };
  }
}

function isAllowed(outcome: BatchOutcome<AccountView> | Allowed): outcome is Allowed {
  return outcome !== 'retrySingly' && 'opening' in outcome;
}

function attempt<T>(work: () => T): T | { error: unknown } {
  try {
    return work();
  } catch (error) {
    return { error };
  }
}

/** The customer does not exist or, with `skipLocked`, its row may be locked by another transaction. */
function missing(lockMode: LockMode): BatchOutcome<AccountView> {
  return lockMode === 'skipLocked' ? 'retrySingly' : { error: new AppError('customer_not_allowed') };
}

/**
 * Keeps the first of several openings of one customer and one capped product. The rest are retried singly, because the
 * cap count of one statement does not see the rows that the same statement inserts.
 */
function withoutRivals(allowed: readonly Allowed[]): { ready: Allowed[]; later: Allowed[] } {
  const seen = new Set<string>();
  const isRival = ({ opening, facts, account }: Allowed): boolean => {
    if (facts.maxAccountsPerCustomer === null) return false;
    const name = `${opening.platformId} ${opening.customerId} ${account.product?.id ?? ''}`;
    return seen.has(name) || !seen.add(name);
  };
  const { ready = [], later = [] } = Object.groupBy(allowed, (one) => (isRival(one) ? 'later' : 'ready'));
  return { ready, later };
}

/** @throws AppError the refusal of the first rule that fails, with the verdicts of all rules */
function assertAllowed<Facts extends OpeningFacts>({ channel }: Opening, facts: Facts): Facts & AllowedFacts {
  const rules = OPENING_RULES[channel];
  const refusal = firstRefusal(rules, facts);
  if (refusal !== null) throw new AppError(refusal, { verdicts: judge(rules, facts) });
  return facts as unknown as Facts & AllowedFacts;
}

function outcomeOf(
  { opening, facts, account }: Allowed,
  written: InsertedAccountRow | undefined,
): BatchOutcome<AccountView> {
  if (written === undefined) return { error: new Error('INSERT_ACCOUNTS returned no row for an opening') };
  if (written.opened) return { result: account };
  const { duplicate, capReached } = written;
  const refused = attempt(() => assertAllowed(opening, { ...facts, duplicate, capReached }));
  // Every rule passed, so the account was not written because another request holds the idempotency key.
  return 'error' in refused ? { error: refused.error } : { error: new ClaimLost() };
}

/**
 * The account as it will be inserted. Built before the insert, so that the response is stored in the same statement.
 */
function describe(
  opening: Opening,
  facts: AllowedFacts,
  { currencies, products, now }: Reference & { now: Date },
): AccountView {
  const isPlatform = opening.channel === 'platform';
  return {
    id: facts.accountId,
    publicId: randomAccountId(),
    number: toAccountNumber(facts.accountId),
    customerId: opening.customerId,
    channel: opening.channel,
    status: 'active',
    currency: known(currencies, facts.currencyCode),
    product: opening.channel === 'workspace' ? known(products, opening.productId) : null,
    holderName: facts.displayName,
    alias: opening.channel === 'workspace' && opening.alias !== '' ? opening.alias : null,
    accountIdentifier: isPlatform ? opening.accountIdentifier : null,
    displayName: isPlatform ? opening.displayName : null,
    contactEmail: isPlatform ? opening.contactEmail : null,
    fundingNotificationEmails: isPlatform ? opening.fundingNotificationEmails : [],
    balance: zeroBalance(facts.balanceId, now),
    createdAt: now,
    updatedAt: now,
  };
}

/** The facts that the decision was based on, for the audit trail. */
function describeDecision(opening: Opening, facts: AllowedFacts): object {
  const { customerId, platformId } = opening;
  const { kycEvidence, jurisdictionCode, currencyCode } = facts;
  return {
    ...describeRequest(opening),
    customer: toTenantId('cus', platformId, customerId),
    currency: currencyCode,
    kycEvidence,
    jurisdiction: jurisdictionCode,
  };
}

/**
 * @throws AppError service_unavailable when the row is not in this process's cache yet; the cache catches up in a
 *   second
 */
function known<Key, Value>(reference: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = reference.get(key);
  if (value === undefined) throw new AppError('service_unavailable');
  return value;
}
