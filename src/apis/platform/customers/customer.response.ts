import { ApiProperty } from '@nestjs/swagger';
import type { AccountView } from '../../../accounts/reading/account-view.js';
import { CUSTOMER_STATUSES } from '../../../customers/customer-queries.service.js';
import type { CustomerView } from '../../../customers/customers.service.js';
import { ACCOUNT_STATUSES, presentStatus } from '../accounts/account.response.js';

/** A customer as it was created. */
export class CustomerResponse {
  @ApiProperty({ description: 'The platform’s own name for the customer.', example: 'acme-group' })
  customerIdentifier!: string;

  @ApiProperty({ description: 'For people.', example: 'Acme Group' })
  displayName!: string;

  @ApiProperty({ description: 'Whether it may act.', enum: CUSTOMER_STATUSES, example: 'active' })
  status!: string;

  @ApiProperty({ format: 'date-time', description: 'UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;
}

export class CustomerAccountSummary {
  @ApiProperty({ example: 'acme-usd-1', description: 'The account on this platform.' })
  accountIdentifier!: string;

  @ApiProperty({ example: 'A000000000018', description: 'A and digits, the last one a check digit.' })
  accountNumber!: string;

  @ApiProperty({ example: 'Acme operating', description: 'For people.' })
  displayName!: string;

  @ApiProperty({ format: 'date-time', description: 'UTC.', example: '2026-01-15T09:30:00.000Z' })
  createdAt!: string;

  @ApiProperty({ description: 'Whether it can be used.', enum: ACCOUNT_STATUSES, example: 'ACTIVE' })
  status!: string;

  @ApiProperty({ description: 'ISO 4217 code.', example: 'USD' })
  currencyCode!: string;
}

/** A customer with its accounts. */
export class CustomerWithAccountsResponse extends CustomerResponse {
  @ApiProperty({ description: 'In the order of their opening.', type: [CustomerAccountSummary] })
  accounts!: CustomerAccountSummary[];
}

export function presentCustomer(customer: CustomerView): CustomerResponse {
  return {
    customerIdentifier: customer.identifier,
    displayName: customer.displayName,
    status: customer.status,
    createdAt: customer.createdAt.toISOString(),
  };
}

export function presentCustomerWithAccounts(
  customer: CustomerView,
  accounts: readonly AccountView[],
): CustomerWithAccountsResponse {
  return { ...presentCustomer(customer), accounts: accounts.map(presentSummary) };
}

function presentSummary(account: AccountView): CustomerAccountSummary {
  return {
    accountIdentifier: account.accountIdentifier ?? '',
    accountNumber: `A${account.number}`,
    displayName: account.displayName ?? '',
    createdAt: account.createdAt.toISOString(),
    status: presentStatus(account.status),
    currencyCode: account.currency.code,
  };
}
