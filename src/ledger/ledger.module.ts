import { Module } from '@nestjs/common';
import { BalancesService } from './balances.service.js';
import { LedgerService } from './ledger.service.js';

/** Double-entry ledger: balances and transfers. It does not depend on customers or HTTP. */
@Module({ providers: [BalancesService, LedgerService], exports: [BalancesService, LedgerService] })
export class LedgerModule {}
