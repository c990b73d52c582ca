import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { PaymentsModule } from '../../payments/payments.module.js';
import { AccountListing } from './accounts/account-listing.service.js';
import { PlatformAccountsController } from './accounts/accounts.controller.js';
import { CustomerAccountsController } from './accounts/customer-accounts.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { LowBalanceController } from './low-balance/low-balance.controller.js';
import { OAuthController } from './oauth/oauth.controller.js';
import { TransferFundsController } from './transfers/transfer-funds.controller.js';

/** `/customers`, and the whole API again below `/raas/v2`: a platform opens accounts under its customers. */
@Module({
  imports: [AuthModule, AccountsModule, PaymentsModule],
  providers: [AccountListing],
  controllers: [
    CustomersController,
    CustomerAccountsController,
    PlatformAccountsController,
    TransferFundsController,
    LowBalanceController,
    OAuthController,
  ],
})
export class PlatformApiModule {}
