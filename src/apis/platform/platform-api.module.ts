import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { AccountListing } from './accounts/account-listing.service.js';
import { PlatformAccountsController } from './accounts/accounts.controller.js';
import { CustomerAccountsController } from './accounts/customer-accounts.controller.js';
import { CustomersController } from './customers/customers.controller.js';
import { OAuthController } from './oauth/oauth.controller.js';

/** `/customers`, and the whole API again below `/raas/v2`: a platform opens accounts under its customers. */
@Module({
  imports: [AuthModule, AccountsModule],
  providers: [AccountListing],
  controllers: [CustomersController, CustomerAccountsController, PlatformAccountsController, OAuthController],
})
export class PlatformApiModule {}
