import { createHash } from 'node:crypto';
import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { AccountOpeningService } from '../../accounts/opening/account-opening.service.js';
import { OpeningRefusals } from '../../accounts/opening/opening-refusals.service.js';
import type { AccountView } from '../../accounts/reading/account-view.js';
import type { PlatformOpening } from '../../accounts/opening/opening.js';
import { OpenPlatformAccountRequest } from '../../apis/platform/accounts/open-account.request.js';
import { systemContext } from '../../audit/audit-context.js';
import { CustomersService } from '../../customers/customers.service.js';
import { validatedClosed } from '../../http/body.js';
import { addressesOf, DEFAULT_PLATFORM_CURRENCY } from '../../http/platform-account.form.js';
import { type Claim, ClaimLost, IdempotencyService } from '../../idempotency/idempotency.service.js';
import { RefusalRecords } from '../../idempotency/refusal-records.service.js';
import { AppError, DECISIONS } from '../../shared/app-error.js';
import { isIdentifier } from '../../shared/identifier.js';
import { KeyedMutex } from '../../concurrency/keyed-mutex.js';
import type { Input } from './input.js';
import { type Row, toRow } from './row.js';
import type { Line } from '../../shared/lines.js';
import { isRefusal, type ImportVerdict, toRefusal } from './verdict.js';

/** Each line has its own idempotency claim. */
type LineOpening = PlatformOpening & { claim: Claim<AccountView> };

/** Finds the account that a line opened, by its entry in the audit trail, which is never deleted. */
const OPENED_EARLIER_SQL = `SELECT a.number FROM accounts a
  JOIN audit_entries e ON e.platform_id = a.platform_id
    AND e.object_id = 'acc_' || a.platform_id || '_' || a.id
    AND e.action = 'account.opened' AND e.request_id = $3
  WHERE a.platform_id = $1 AND a.channel = 'platform' AND a.account_identifier = $2`;

/**
 * Opens the accounts of an input, each line once, over any number of runs. If the verdict of a line was lost in a
 * crash, opening it again is refused as a duplicate of itself, and its account is looked up.
 */
export class LineOpener {
  private readonly mutex = new KeyedMutex();

  constructor(
    private readonly app: INestApplicationContext,
    private readonly platformId: string,
    private readonly input: Input,
  ) {}

  /** @throws AppError service_unavailable, internal_error: the line has no verdict then */
  async judge(line: Line): Promise<ImportVerdict> {
    let accountIdentifier = '';
    try {
      const row = toRow(this.input, line);
      accountIdentifier = row.accountIdentifier;
      const opening = await this.toOpening(row, line);
      // Of two lines with the same identifier the first is opened.
      const accountNumber = await this.mutex.runExclusive([opening.accountIdentifier], () =>
        this.open(opening),
      );
      return {
        line: line.number,
        accountIdentifier,
        verdict: 'opened',
        code: null,
        accountNumber,
        message: null,
      };
    } catch (error) {
      return { line: line.number, accountIdentifier, accountNumber: null, ...toRefusal(error) };
    }
  }

  /** Validates by the rules of the platform API. @throws AppError validation_failed, customer_not_found */
  private async toOpening(row: Row, line: Line): Promise<LineOpening> {
    const body = validatedClosed(OpenPlatformAccountRequest, row.body);
    const customerId = await this.findCustomer(row.customerIdentifier);
    const reason = `line ${line.number} of ${this.input.name}`;
    return {
      channel: 'platform',
      platformId: this.platformId,
      customerId,
      accountIdentifier: body.accountIdentifier.toLowerCase(),
      displayName: body.displayName.trim(),
      contactEmail: body.contactEmail,
      currencyCode: body.currencyCode ?? DEFAULT_PLATFORM_CURRENCY,
      fundingNotificationEmails: addressesOf(body.fundingNotification),
      audit: {
        ...systemContext('command line', reason),
        requestId: `import:${this.input.sha256}:${line.number}`,
      },
      allowedCurrencies: null,
      claim: this.claimOf(line),
    };
  }

  private async findCustomer(identifier: string): Promise<string> {
    if (!isIdentifier(identifier)) throw malformedCustomer(identifier);
    const customerId = await this.app.get(CustomersService).findId(this.platformId, identifier);
    if (customerId === null) throw new AppError('customer_not_found');
    return customerId;
  }

  /** Resolves to the account's number, also when an earlier run opened this line. */
  private async open(opening: LineOpening): Promise<string> {
    try {
      return numberOf(await this.app.get(AccountOpeningService).open(opening));
    } catch (error) {
      if (!(error instanceof ClaimLost) && !isRefusal(error)) throw error;
      const opened = await this.findOpened(opening);
      if (opened !== null) return opened;
      if (error instanceof AppError && DECISIONS.has(error.code)) {
        const entry = await this.app.get(OpeningRefusals).describe(opening, error);
        await this.app.get(RefusalRecords).record({ platformId: opening.platformId, answered: null, entry });
      }
      throw error;
    }
  }

  /** Claims are kept for a day; for an import that is continued later the account is found by the audit trail. */
  private async findOpened(opening: LineOpening): Promise<string | null> {
    const { platformId, accountIdentifier, audit, claim } = opening;
    const record = await this.app.get(IdempotencyService).find(claim);
    if (record?.sameRequest)
      return (JSON.parse(record.storedResponse) as { accountNumber: string }).accountNumber;
    const parameters = [platformId, accountIdentifier, audit.requestId];
    const rows = await this.app.get(DataSource).query<{ number: string }[]>(OPENED_EARLIER_SQL, parameters);
    return rows[0] === undefined ? null : numberOf(rows[0]);
  }

  private claimOf({ number, bytes }: Line): Claim<AccountView> {
    return {
      platformId: this.platformId,
      scope: `import:${this.input.sha256}`,
      key: String(number),
      fingerprint: createHash('sha256')
        .update(bytes ?? '')
        .digest(),
      storedResponseOf: (account) => JSON.stringify({ accountNumber: numberOf(account) }),
    };
  }
}

/** The account number as the platform API shows it. */
function numberOf({ number }: { number: string }): string {
  return `A${number}`;
}

function malformedCustomer(invalidValue: string): AppError {
  const message = 'must have 5 to 100 of - 0-9 a-z A-Z';
  const field = { path: 'customerIdentifier', constraint: 'pattern' as const, message, invalidValue };
  return new AppError('validation_failed', { fields: [field] });
}
