import { ApiProperty } from '@nestjs/swagger';
import type { ChangePreview } from '../../../accounts/jurisdiction-preview.service.js';
import { OPENING_CHANNELS } from '../../../accounts/reading/account-view.js';
import type { JurisdictionView } from '../../../jurisdictions/jurisdictions.service.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import { Code, Text, TextList } from '../../../http/request-properties.js';
import { Reason, ResponseProperty, ResponseKind, ResponseTime, toTime } from '../properties.js';

const CODE = /^[A-Z0-9]{3,10}$/;
const CODES = {
  max: 300,
  what: 'currency codes',
  items: { pattern: CODE.source },
  holds: (text: string) => CODE.test(text),
};

/** A country with the currencies enabled in it. */
export class JurisdictionResponse {
  @ResponseKind('jurisdiction')
  object!: 'jurisdiction';

  @ResponseProperty('Its id.', 'jur_DE')
  id!: string;

  @ResponseProperty('ISO 3166-1 alpha-2 code.', 'DE')
  code!: string;

  @ResponseProperty('English name.', 'Germany')
  name!: string;

  @ResponseProperty('Codes of the currencies enabled in it.', ['EUR', 'USD'], { type: [String] })
  currencies!: string[];

  @ResponseTime('When it was created.')
  createdAt!: string;
}

export class CreateJurisdictionRequest {
  @Code({
    description: 'ISO 3166-1 alpha-2 code.',
    example: 'FR',
    pattern: /^[A-Z]{2}$/,
    constraint: 'pattern',
    message: 'must be two capital letters',
  })
  code!: string;

  @Text('required', { description: 'English name.', example: 'France', min: 2, max: 100 })
  name!: string;

  @Reason()
  reason!: string;
}

export class PreviewRequest {
  @TextList('optional', { ...CODES, description: 'Currencies to be enabled.', example: ['GBP'] })
  enable?: string[];

  @TextList('optional', { ...CODES, description: 'Currencies to be disabled.', example: ['USD'] })
  disable?: string[];
}

export class AffectedCustomer {
  @ResponseProperty('The customer.', 'cus_1_3')
  id!: string;

  @ResponseProperty('Its name.', 'Ada Exports Ltd')
  displayName!: string;

  @ResponseProperty('How many of its accounts would be affected.', 1, { type: 'integer' })
  accounts!: number;
}

export class AffectedAccount {
  @ResponseProperty('The account.', 'acc_1_1')
  id!: string;

  @ResponseProperty('Its holder.', 'cus_1_3')
  customer!: string;

  @ResponseProperty('The API it was opened through.', 'owner', { enum: OPENING_CHANNELS })
  channel!: string;

  @ResponseProperty('Its currency.', 'USD')
  currency!: string;
}

export class PreviewResponse {
  @ResponseProperty('Where.', 'DE')
  jurisdiction!: string;

  @ResponseProperty('What would be newly enabled.', ['GBP'], { type: [String] })
  enable!: string[];

  @ResponseProperty('What would be no longer enabled.', ['USD'], { type: [String] })
  disable!: string[];

  @ResponseProperty('Customers whose effective jurisdiction this is.', 2, { type: 'integer' })
  customersTotal!: number;

  @ApiProperty({
    description: 'The first hundred, those with the most accounts first.',
    type: [AffectedCustomer],
  })
  customers!: AffectedCustomer[];

  @ResponseProperty('Open accounts in a currency that would no longer be enabled.', 1, { type: 'integer' })
  accountsTotal!: number;

  @ApiProperty({ description: 'The first hundred.', type: [AffectedAccount] })
  accounts!: AffectedAccount[];
}

export function presentJurisdiction(jurisdiction: JurisdictionView): JurisdictionResponse {
  const { code, name, currencies, createdAt } = jurisdiction;
  return {
    object: 'jurisdiction',
    id: toSystemId('jur', code),
    code,
    name,
    currencies,
    createdAt: toTime(createdAt),
  };
}

export function presentPreview(preview: ChangePreview): PreviewResponse {
  const { jurisdictionCode, enable, disable, customersTotal, accountsTotal } = preview;
  return {
    jurisdiction: jurisdictionCode,
    enable,
    disable,
    customersTotal,
    accountsTotal,
    customers: preview.customers.map(({ platformId, id, displayName, accounts }) => ({
      id: toTenantId('cus', platformId, id),
      displayName,
      accounts,
    })),
    accounts: preview.accounts.map(({ platformId, id, customerId, channel, currencyCode }) => ({
      id: toTenantId('acc', platformId, id),
      customer: toTenantId('cus', platformId, customerId),
      channel,
      currency: currencyCode,
    })),
  };
}
