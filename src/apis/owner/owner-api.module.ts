import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { PaymentsModule } from '../../payments/payments.module.js';
import { OwnerAccountsController } from './accounts/accounts.controller.js';
import { OwnerApiKeysController } from './api-keys/api-keys.controller.js';
import { OwnerCurrenciesController } from './currencies/currencies.controller.js';
import { OwnerTransactionsController } from './transactions/transactions.controller.js';

/** `/api/v1`: a customer with an API key opens accounts of its own. */
@Module({
  imports: [AuthModule, AccountsModule, PaymentsModule],
  controllers: [
    OwnerAccountsController,
    OwnerCurrenciesController,
    OwnerTransactionsController,
    OwnerApiKeysController,
  ],
})
export class OwnerApiModule {}
