import { AccountOpeningService } from '../../src/accounts/opening/account-opening.service.js';
import type { AccountView } from '../../src/accounts/reading/account-view.js';
import { systemContext } from '../../src/audit/audit-context.js';
import type { TransferRecord } from '../../src/ledger/reports/transfer-queries.service.js';
import type { Customer } from '../../src/entities/customer.entity.js';
import { TransfersService } from '../../src/payments/transfers.service.js';
import { type TenantObject, toTenantId } from '../../src/shared/object-id.js';
import type { World } from './world.js';

export const MONEY_ACT = systemContext('test', 'made for a test');
const NOTHING_TOLD = { reference: null, description: null, effectiveDate: null, metadata: {} };
const COMMAND = { audit: MONEY_ACT, claim: null };

let made = 0;

/** An account of the platform API, with its names. */
export interface TestAccount extends TenantObject {
  /** `acc_<platform>_<id>` */
  name: string;
  /** The identifier of the platform API. */
  identifier: string;
  customer: Customer;
  view: AccountView;
}

/** Creates accounts and postings directly through the services, without HTTP. */
export class Money {
  constructor(private readonly world: World) {}

  /** An account of the platform API. The default customer is new, on a new platform with home jurisdiction US. */
  async account(customer?: Customer, currencyCode = 'USD', more: object = {}): Promise<TestAccount> {
    const holder = customer ?? (await this.world.make.aCustomer({ countryOfResidence: null }));
    const { platformId, id: customerId } = holder;
    const identifier = `account-${++made}`;
    const view = await this.world.app.get(AccountOpeningService).open({
      channel: 'platform',
      platformId,
      customerId,
      currencyCode,
      accountIdentifier: identifier,
      displayName: `Account ${made}`,
      contactEmail: 'ops@example.com',
      fundingNotificationEmails: [],
      audit: MONEY_ACT,
      allowedCurrencies: null,
      claim: null,
      ...more,
    });
    const { id } = view;
    return { platformId, id, name: toTenantId('acc', platformId, id), identifier, customer: holder, view };
  }

  /** An account with this balance, in major units. */
  async funded(amount: number, customer?: Customer, currencyCode = 'USD'): Promise<TestAccount> {
    const account = await this.account(customer, currencyCode);
    await this.deposit(account, amount);
    return account;
  }

  /** @param told reference, description, effective date and metadata of the transfer */
  deposit(account: TenantObject, amount: number, told: object = {}): Promise<TransferRecord> {
    return this.transfers.deposit({ account: only(account), amount, ...NOTHING_TOLD, ...told }, COMMAND);
  }

  withdraw(account: TenantObject, amount: number): Promise<TransferRecord> {
    return this.transfers.withdraw({ account: only(account), amount, ...NOTHING_TOLD }, COMMAND);
  }

  transfer(from: TenantObject, to: TenantObject, amount: number): Promise<TransferRecord> {
    return this.transfers.transfer({ from: only(from), to: only(to), amount, ...NOTHING_TOLD }, COMMAND);
  }

  private get transfers(): TransfersService {
    return this.world.app.get(TransfersService);
  }
}

const only = ({ platformId, id }: TenantObject): TenantObject => ({ platformId, id });
