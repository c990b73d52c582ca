import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { CurrenciesService, type CurrencyView } from '../currencies/currencies.service.js';
import { allOrNone } from '../database/all-or-none.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import type { NewEvent } from '../events/event-types.js';
import { publishParameters } from '../events/outbox.service.js';
import { ClaimLost, IdempotencyService } from '../idempotency/idempotency.service.js';
import { zeroBalance } from '../ledger/open-balance.js';
import { ProductsService, type ProductView } from '../products/products.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { randomAccountId, toAccountNumber } from '../shared/ids.js';
import { toTenantId } from '../shared/object-id.js';
import { firstRefusal, judge } from '../shared/rule.js';
import { decideSql, type DecidingRow, OPEN_SQL, type OpenOutcome } from './account-opening.sql.js';
import { toEventAccount } from './account-events.js';
import type { AccountView } from './account-view.js';
import { DuplicatesService } from './duplicates.service.js';
import { type Opening, wishOf } from './opening.js';
import { OPENING_RULES, type OpeningFacts } from './policies/opening-rules.js';

type AllowedFacts = OpeningFacts & DecidingRow & { currencyCode: string };

interface Reference {
  currencies: ReadonlyMap<string, CurrencyView>;
  products: ReadonlyMap<number, ProductView>;
}

/** Opens accounts: every rule decided again on current rows, and everything written, in one transaction. */
@Injectable()
export class AccountOpeningService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly currencies: CurrenciesService,
    private readonly products: ProductsService,
    private readonly idempotency: IdempotencyService,
    private readonly duplicates: DuplicatesService,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /**
   * Two statements between BEGIN and COMMIT: read and lock, then write.
   * @throws AppError for every rule (policies/opening-rules.ts), in the order of refusal, with what each said;
   *   account_exists carries the account that stands
   * @throws ClaimLost when a twin under the same idempotency key was first; nothing is written then
   */
  async open(opening: Opening): Promise<AccountView> {
    // Looked up before the transaction: inside it, a cold cache would wait for a second connection of the pool.
    const reference = { currencies: await this.currencies.all(), products: await this.products.all() };
    try {
      return await this.unitOfWork.run(async (tx) => {
        const facts = await this.decide(tx, opening);
        const account = this.describe(opening, facts, reference);
        await this.write(tx, opening, facts, account);
        return account;
      });
    } catch (error) {
      if (error instanceof AppError && error.code === 'account_exists')
        await this.duplicates.assertNone(opening);
      throw error;
    }
  }

  /**
   * Opens all of them or none, each after those before it, in one transaction.
   * @throws BatchRefused with what `open` would throw for each that is refused
   * @throws ClaimLost when a twin under one of the idempotency keys was first; nothing is written then
   */
  async openAll(openings: readonly Opening[]): Promise<AccountView[]> {
    const reference = { currencies: await this.currencies.all(), products: await this.products.all() };
    return this.unitOfWork.run((tx) =>
      allOrNone(tx, openings, async (within, opening) => {
        const facts = await this.decide(within, opening);
        const account = this.describe(opening, facts, reference);
        await this.write(within, opening, facts, account);
        return account;
      }),
    );
  }

  private async decide(tx: EntityManager, opening: Opening): Promise<AllowedFacts> {
    const ofProduct = opening.channel === 'workspace';
    const rows = await tx.query<DecidingRow[]>(decideSql(ofProduct), [
      opening.platformId,
      opening.customerId,
      ofProduct ? null : opening.currencyCode,
      ofProduct ? opening.productId : null,
      this.clock.now(),
    ]);
    const row = rows[0];
    if (row === undefined) throw new AppError('customer_not_allowed');
    const { allowedCurrencies } = opening;
    const facts = { ...row, allowedCurrencies, duplicate: false, capReached: false };
    assertAllowed(opening, facts);
    return facts as AllowedFacts;
  }

  /** The account as it will stand, known before it is written so that the answer can be recorded with it. */
  private describe(opening: Opening, facts: AllowedFacts, reference: Reference): AccountView {
    const now = this.clock.now();
    const isPlatform = opening.channel === 'platform';
    return {
      id: facts.accountId,
      publicId: randomAccountId(),
      number: toAccountNumber(facts.accountId),
      customerId: opening.customerId,
      channel: opening.channel,
      status: 'active',
      currency: known(reference.currencies, facts.currencyCode),
      product: opening.channel === 'workspace' ? known(reference.products, opening.productId) : null,
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

  private async write(
    tx: EntityManager,
    opening: Opening,
    facts: AllowedFacts,
    account: AccountView,
  ): Promise<void> {
    const [outcome] = await tx.query<[OpenOutcome]>(OPEN_SQL, [
      ...this.claimParameters(opening, account),
      ...[opening.platformId, account.id, account.customerId, account.channel, account.publicId],
      ...[account.number, account.currency.code],
      opening.channel === 'workspace' ? opening.workspaceId : null,
      account.product?.id ?? null,
      account.alias ?? '',
      ...[account.accountIdentifier, account.displayName, account.contactEmail],
      ...[account.fundingNotificationEmails, account.createdAt, account.balance.id],
      ...[facts.maxAccountsPerCustomer, facts.duplicateRule],
      ...this.trail.parameters({
        platformId: opening.platformId,
        action: 'account.opened',
        objectId: toTenantId('acc', opening.platformId, account.id),
        act: opening.act,
        after: describeDecision(opening, facts),
        verdicts: judge(OPENING_RULES[opening.channel], facts),
      }),
      ...publishParameters(openedEvent(opening, account)),
    ]);
    if (outcome.opened) return;
    if (opening.claim !== null && !outcome.claimed) throw new ClaimLost();
    assertAllowed(opening, { ...facts, ...outcome });
    throw new Error('an opening wrote nothing though every rule holds');
  }

  private claimParameters({ claim }: Opening, account: AccountView): unknown[] {
    if (claim === null) return [null, null, null, null, null, null, null];
    return this.idempotency.parameters(claim, claim.receiptOf(account));
  }
}

function openedEvent({ platformId }: Opening, account: AccountView): NewEvent {
  const described = toEventAccount({ ...account, platformId, currencyCode: account.currency.code });
  const objectId = described.id;
  return {
    ...{ platformId, type: 'account.opened', objectId },
    ...{ data: { account: described }, occurredAt: account.createdAt },
  };
}

/** @throws AppError of the first rule that does not hold, with what every rule said */
function assertAllowed({ channel }: Opening, facts: OpeningFacts): void {
  const rules = OPENING_RULES[channel];
  const refusal = firstRefusal(rules, facts);
  if (refusal !== null) throw new AppError(refusal, { verdicts: judge(rules, facts) });
}

/** What the decision rested on, for those who ask later why the account was opened. */
function describeDecision(opening: Opening, facts: AllowedFacts): object {
  const { customerId, platformId } = opening;
  const { kycEvidence, jurisdictionCode, currencyCode } = facts;
  return {
    ...wishOf(opening),
    ...{ customer: toTenantId('cus', platformId, customerId), currency: currencyCode },
    ...{ kycEvidence, jurisdiction: jurisdictionCode },
  };
}

/** What this process has not heard of yet, though the database knows it, arrives within the second. */
function known<Key, Value>(reference: ReadonlyMap<Key, Value>, key: Key): Value {
  const value = reference.get(key);
  if (value === undefined) throw new AppError('service_unavailable');
  return value;
}
