import { LineKey } from '../bulk/line.dto.js';
import { TransferRequest } from './order.dto.js';

/** A transfer that is one of many. */
export class TransferLineRequest extends TransferRequest {
  @LineKey()
  idempotencyKey!: string;
}
