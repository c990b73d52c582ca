import { PlatformAccountForm } from '../../../http/platform-account.form.js';
import { Choice, CurrencyCode, Identifier, Text } from '../../../http/request-properties.js';
import { LineKey } from '../bulk/line.dto.js';
import { Reason } from '../properties.js';

const PLATFORM = { description: 'The platform of the customer.', example: 'plt_1', max: 20 };
const CUSTOMER = { description: 'The customer, as the platform calls it.', example: 'acme-corp' };

/** Fields that every account line has, for any of the three APIs. */
class AccountLineRequest {
  @LineKey()
  idempotencyKey!: string;

  @Reason()
  reason!: string;
}

/** An account for the owner API. */
export class OwnerAccountLineRequest extends AccountLineRequest {
  @Choice('required', { description: 'The API it is for.', values: ['owner'], example: 'owner' })
  channel!: 'owner';

  @Text('required', PLATFORM)
  platform!: string;

  @Identifier(CUSTOMER)
  customerIdentifier!: string;

  @CurrencyCode()
  currencyCode!: string;
}

/** An account for the workspace API. */
export class WorkspaceAccountLineRequest extends AccountLineRequest {
  @Choice('required', { description: 'The API it is for.', values: ['workspace'], example: 'workspace' })
  channel!: 'workspace';

  @Text('required', {
    description: 'The workspace; customer and platform are its own.',
    example: 'wsp_1_1',
    max: 50,
  })
  workspace!: string;

  @Text('required', { description: 'What to open.', example: 'prd_7', max: 20 })
  product!: string;

  @Text('optional', { description: 'A nickname.', example: 'USD Account', max: 100 })
  alias?: string;
}

/** An account for the platform API. */
export class PlatformAccountLineRequest extends PlatformAccountForm {
  @LineKey()
  idempotencyKey!: string;

  @Reason()
  reason!: string;

  @Choice('required', { description: 'The API it is for.', values: ['platform'], example: 'platform' })
  channel!: 'platform';

  @Text('required', PLATFORM)
  platform!: string;

  @Identifier(CUSTOMER)
  customerIdentifier!: string;
}
