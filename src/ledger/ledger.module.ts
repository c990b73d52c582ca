import { Module } from '@nestjs/common';
import { BalancesService } from './balances.service.js';

/** What accounts hold. Knows no customer and no HTTP. */
@Module({ providers: [BalancesService], exports: [BalancesService] })
export class LedgerModule {}
