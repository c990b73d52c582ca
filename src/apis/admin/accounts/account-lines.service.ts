import { Injectable } from '@nestjs/common';
import type { AuditRecord } from '../../../audit/audit-trail.service.js';
import { AccountOpeningService } from '../../../accounts/opening/account-opening.service.js';
import {
  type AccountView,
  OPENING_CHANNELS,
  type OpeningChannel,
} from '../../../accounts/reading/account-view.js';
import { CurrencyAvailability } from '../../../accounts/currency-availability.service.js';
import type {
  Opening,
  OwnerOpening,
  PlatformOpening,
  WorkspaceOpening,
} from '../../../accounts/opening/opening.js';
import { OpeningRefusals } from '../../../accounts/opening/opening-refusals.service.js';
import { isCurrencyCode } from '../../../accounts/opening/opening-rules.js';
import { SessionsService } from '../../../auth/sessions.service.js';
import { CustomersService } from '../../../customers/customers.service.js';
import { addressesOf, DEFAULT_PLATFORM_CURRENCY } from '../../../http/platform-account.form.js';
import { validatedClosed } from '../../../http/body.js';
import { auditContextOf, type CallContext } from '../../../http/call.decorator.js';
import type { Claim } from '../../../idempotency/idempotency.service.js';
import { AppError } from '../../../shared/app-error.js';
import type { Claimed, LineKind } from '../bulk/line-kind.js';
import { systemIdIn, tenantIdIn } from '../path-ids.js';
import { presentAccount } from './account.dto.js';
import {
  OwnerAccountLineRequest,
  PlatformAccountLineRequest,
  WorkspaceAccountLineRequest,
} from './account-line.dto.js';

type Plain = Record<string, unknown>;
type ReadOpening = (plain: Plain, call: CallContext) => Promise<Opening>;

/** Lines that open accounts: for each of the three APIs, by the same rules as there. */
@Injectable()
export class AccountLines implements LineKind<Opening, AccountView> {
  readonly path = '/admin/accounts/bulk';
  readonly done = 'opened';
  readonly member = 'account';

  private readonly readers: Readonly<Record<OpeningChannel, ReadOpening>> = {
    owner: (plain, call) => this.readOwner(plain, call),
    workspace: (plain, call) => this.readWorkspace(plain, call),
    platform: (plain, call) => this.readPlatform(plain, call),
  };

  constructor(
    private readonly opening: AccountOpeningService,
    private readonly refusals: OpeningRefusals,
    private readonly customers: CustomersService,
    private readonly sessions: SessionsService,
    private readonly availability: CurrencyAvailability,
  ) {}

  /** @throws AppError validation_failed, currency_malformed, customer_not_found, object_not_found */
  read(plain: Plain, call: CallContext): Promise<Opening> {
    const channel = OPENING_CHANNELS.find((known) => known === plain.channel);
    if (channel === undefined) throw noChannel(plain.channel);
    return this.readers[channel](plain, call);
  }

  /**
   * Keys of accounts that exclude each other: the unique constraint would refuse one of them as well, but not always
   * the later line.
   */
  rivalriesOf(opening: Opening): string[] {
    const { platformId, channel } = opening;
    switch (channel) {
      case 'owner':
        return [[channel, platformId, opening.customerId, opening.currencyCode].join(' ')];
      case 'workspace':
        return [[channel, platformId, opening.workspaceId, opening.productId, opening.alias].join(' ')];
      case 'platform':
        return [[channel, platformId, opening.accountIdentifier].join(' ')];
    }
  }

  do(opening: Opening, claim: Claim<AccountView>): Promise<AccountView> {
    return this.opening.open({ ...opening, claim });
  }

  doAll(batch: readonly Claimed<Opening, AccountView>[]): Promise<AccountView[]> {
    return this.opening.openAll(batch.map(({ order, claim }) => ({ ...order, claim })));
  }

  present(account: AccountView, opening: Opening): object {
    const { currency, product, balance } = account;
    return presentAccount({
      ...account,
      platformId: opening.platformId,
      currencyCode: currency.code,
      decimals: currency.decimals,
      statusReason: null,
      statusChangedAt: null,
      productId: product?.id ?? null,
      alias: account.alias ?? '',
      workspaceId: opening.channel === 'workspace' ? opening.workspaceId : null,
      postedMinor: String(balance.postedMinor),
      lockedMinor: String(balance.lockedMinor),
    });
  }

  describeRefusal(opening: Opening, error: AppError): Promise<AuditRecord> {
    return this.refusals.describe(opening, error);
  }

  private async readOwner(plain: Plain, call: CallContext): Promise<OwnerOpening> {
    const line = validatedClosed(OwnerAccountLineRequest, plain);
    if (!isCurrencyCode(line.currencyCode, await this.availability.digitalCodes()))
      throw new AppError('currency_malformed');
    return {
      channel: 'owner',
      ...(await this.customerOf(line)),
      currencyCode: line.currencyCode.toUpperCase(),
      ...whoActs(call, line),
    };
  }

  private async readWorkspace(plain: Plain, call: CallContext): Promise<WorkspaceOpening> {
    const line = validatedClosed(WorkspaceAccountLineRequest, plain);
    const { platformId, id: workspaceId } = tenantIdIn('workspace', 'wsp', line.workspace);
    const workspace = await this.sessions.findWorkspace(platformId, workspaceId);
    if (workspace === null) throw new AppError('object_not_found');
    return {
      channel: 'workspace',
      platformId,
      customerId: workspace.customerId,
      workspaceId,
      productId: Number(systemIdIn('product', 'prd', line.product)),
      alias: line.alias?.trim() ?? '',
      ...whoActs(call, line),
    };
  }

  private async readPlatform(plain: Plain, call: CallContext): Promise<PlatformOpening> {
    const line = validatedClosed(PlatformAccountLineRequest, plain);
    return {
      channel: 'platform',
      ...(await this.customerOf(line)),
      accountIdentifier: line.accountIdentifier.toLowerCase(),
      displayName: line.displayName.trim(),
      contactEmail: line.contactEmail,
      currencyCode: line.currencyCode ?? DEFAULT_PLATFORM_CURRENCY,
      fundingNotificationEmails: addressesOf(line.fundingNotification),
      ...whoActs(call, line),
    };
  }

  private async customerOf({
    platform,
    customerIdentifier,
  }: Pick<OwnerAccountLineRequest, 'platform' | 'customerIdentifier'>) {
    const platformId = systemIdIn('platform', 'plt', platform);
    const customerId = await this.customers.findId(platformId, customerIdentifier);
    if (customerId === null) throw new AppError('customer_not_found');
    return { platformId, customerId };
  }
}

/** An admin is held to no currency; the claim is the line's, and comes with it when it is done. */
function whoActs(call: CallContext, { reason }: { reason: string }) {
  return { audit: auditContextOf(call, reason.trim()), allowedCurrencies: null, claim: null };
}

function noChannel(invalidValue: unknown): AppError {
  const constraint = invalidValue === undefined ? ('required' as const) : ('range' as const);
  const message = `must be one of ${OPENING_CHANNELS.join(', ')}`;
  return new AppError('validation_failed', {
    fields: [{ path: 'channel', constraint, message, invalidValue }],
  });
}
