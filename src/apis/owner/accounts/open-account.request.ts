import { CurrencyCode } from '../../../http/request-properties.js';

export class OpenOwnerAccountRequest {
  @CurrencyCode()
  currency!: string;
}
