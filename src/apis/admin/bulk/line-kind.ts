import type { AuditRecord } from '../../../audit/audit-trail.service.js';
import type { CallContext } from '../../../http/call.decorator.js';
import type { Claim } from '../../../idempotency/idempotency.service.js';
import type { AppError } from '../../../shared/app-error.js';

/** The kind of lines that a bulk operation takes: how a line is parsed, executed and presented. */
export interface LineKind<Order, View> {
  /**
   * Path of the operation; part of the fingerprint, so the same line sent to another operation is a different request.
   */
  readonly path: string;
  /** Status in the verdict of a line that was done. */
  readonly done: 'opened' | 'posted';
  /** The member of the verdict that holds the created object. */
  readonly member: 'account' | 'transfer';
  /** Validates a line. @throws AppError */
  read(plain: Record<string, unknown>, call: CallContext): Order | Promise<Order>;
  /** Unique values that the order claims. Lines that claim the same value are executed one after the other. */
  rivalriesOf(order: Order): readonly string[];
  /** @throws AppError, ClaimLost */
  do(order: Order, claim: Claim<View>): Promise<View>;
  /** Executes all orders or none. @throws BatchRefused, ClaimLost */
  doAll(batch: readonly Claimed<Order, View>[]): Promise<View[]>;
  present(view: View, order: Order): object;
  /** The audit record of a refusal; `null` when it is not recorded. */
  describeRefusal(order: Order, error: AppError): Promise<AuditRecord | null>;
}

export interface Claimed<Order, View> {
  order: Order;
  claim: Claim<View>;
}
