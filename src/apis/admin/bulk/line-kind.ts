import type { AuditRecord } from '../../../audit/audit-trail.service.js';
import type { CallContext } from '../../../http/call.decorator.js';
import type { Claim } from '../../../idempotency/idempotency.service.js';
import type { AppError } from '../../../shared/app-error.js';

/** What the lines of a bulk call are about, and what is done with each. */
export interface LineKind<Order, View> {
  /** Of the call: the same line sent to another one is another line. */
  readonly path: string;
  /** What a line is called that was done. */
  readonly done: 'opened' | 'posted';
  /** Name of the verdict's property that holds the result. */
  readonly member: 'account' | 'transfer';
  /** Checks the form. @throws AppError */
  read(plain: Record<string, unknown>, call: CallContext): Order | Promise<Order>;
  /** What at most one line can have: lines that name the same are done one after the other. */
  rivalriesOf(order: Order): readonly string[];
  /** @throws AppError, ClaimLost */
  do(order: Order, claim: Claim<View>): Promise<View>;
  /** All or none. @throws BatchRefused, ClaimLost */
  doAll(batch: readonly Claimed<Order, View>[]): Promise<View[]>;
  present(view: View, order: Order): object;
  /** What the audit trail says of a refusal for good; `null`: nothing. */
  describeRefusal(order: Order, error: AppError): Promise<AuditRecord | null>;
}

export interface Claimed<Order, View> {
  order: Order;
  claim: Claim<View>;
}
