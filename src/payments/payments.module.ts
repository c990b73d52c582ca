import { Module } from '@nestjs/common';
import { AccountsModule } from '../accounts/accounts.module.js';
import { LedgerReportsModule } from '../ledger/reports/ledger-reports.module.js';
import { AdjustmentsService } from './adjustments.service.js';
import { FundsTransfersService } from './funds-transfers.service.js';
import { BatchedPostings } from './batched-postings.service.js';
import { HoldEvents } from './hold-events.service.js';
import { HoldExpiry } from './hold-expiry.service.js';
import { HoldsService } from './holds.service.js';
import { OwnerTransactions } from './owner-transactions.service.js';
import { LowBalanceAlerts } from './low-balance-alerts.service.js';
import { LimitedPostings } from './limited-postings.service.js';
import { PostingLimits } from './posting-limits.service.js';
import { PostingService } from './posting.service.js';
import { PostingWriter } from './posting-writer.service.js';
import { ReversalsService } from './reversals.service.js';
import { SettlementAccounts } from './settlement-accounts.service.js';
import { TransferBatches } from './transfer-batches.service.js';
import { TransfersService } from './transfers.service.js';

const MODULES = [AccountsModule, LedgerReportsModule];
const SERVICES = [
  AdjustmentsService,
  FundsTransfersService,
  BatchedPostings,
  HoldEvents,
  HoldExpiry,
  HoldsService,
  LimitedPostings,
  OwnerTransactions,
  LowBalanceAlerts,
  PostingLimits,
  PostingService,
  PostingWriter,
  ReversalsService,
  SettlementAccounts,
  TransferBatches,
  TransfersService,
];

/** Payments: posting rules, limits, holds, audit entries and events of postings. The ledger does the arithmetic. */
@Module({ imports: MODULES, providers: SERVICES, exports: [...MODULES, ...SERVICES] })
export class PaymentsModule {}
