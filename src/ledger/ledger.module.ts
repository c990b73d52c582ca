import { Module } from '@nestjs/common';
import { BalancesService } from './balances.service.js';
import { LedgerService } from './ledger.service.js';

/** Double entry: what accounts hold, and what moves it. Knows no customer and no HTTP. */
@Module({ providers: [BalancesService, LedgerService], exports: [BalancesService, LedgerService] })
export class LedgerModule {}
