import { Injectable } from '@nestjs/common';
import type { AuditContext } from '../../../audit/audit-context.js';
import type { TransferRecord } from '../../../ledger/reports/transfer-queries.service.js';
import { validatedClosed } from '../../../http/body.js';
import { auditContextOf, type CallContext } from '../../../http/call.decorator.js';
import type { Claim } from '../../../idempotency/idempotency.service.js';
import { TransferBatches } from '../../../payments/transfer-batches.service.js';
import { type TransferOrder, TransfersService } from '../../../payments/transfers.service.js';
import type { Claimed, LineKind } from '../bulk/line-kind.js';
import { toTransferOrder } from './order.dto.js';
import { presentTransfer } from './transfer.dto.js';
import { TransferLineRequest } from './transfer-line.dto.js';

interface ToldTransfer {
  order: TransferOrder;
  audit: AuditContext;
}

/** Lines that post transfers, by the same rules as a single transfer. */
@Injectable()
export class TransferLines implements LineKind<ToldTransfer, TransferRecord> {
  readonly path = '/admin/transfers/bulk';
  readonly done = 'posted';
  readonly member = 'transfer';

  constructor(
    private readonly transfers: TransfersService,
    private readonly batches: TransferBatches,
  ) {}

  /** @throws AppError validation_failed */
  read(plain: Record<string, unknown>, call: CallContext): ToldTransfer {
    const line = validatedClosed(TransferLineRequest, plain);
    return { order: toTransferOrder(line), audit: auditContextOf(call, line.reason.trim()) };
  }

  rivalriesOf({ order: { from, reference } }: ToldTransfer): string[] {
    return reference === null ? [] : [`reference ${from.platformId} ${reference}`];
  }

  do({ order, audit }: ToldTransfer, claim: Claim<TransferRecord>): Promise<TransferRecord> {
    return this.transfers.transfer(order, { audit, claim });
  }

  doAll(batch: readonly Claimed<ToldTransfer, TransferRecord>[]): Promise<TransferRecord[]> {
    return this.batches.transferAll(batch.map(({ order, claim }) => ({ ...order, claim })));
  }

  present(transfer: TransferRecord): object {
    return presentTransfer(transfer);
  }

  /** Refused transfers leave no audit entry, as for a single transfer. */
  describeRefusal(): Promise<null> {
    return Promise.resolve(null);
  }
}
