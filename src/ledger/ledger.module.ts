import { Module } from '@nestjs/common';
import { LedgerService } from './ledger.service.js';

/** Double-entry ledger: balances and transfers. It does not depend on customers or HTTP. */
@Module({ providers: [LedgerService], exports: [LedgerService] })
export class LedgerModule {}
