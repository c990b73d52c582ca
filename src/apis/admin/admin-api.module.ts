import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { BooksModule } from '../../books/books.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { PaymentsModule } from '../../payments/payments.module.js';
import { PlatformsModule } from '../../platforms/platforms.module.js';
import { WebhooksModule } from '../../webhooks/webhooks.module.js';
import { AdminAccountsController } from './accounts/accounts.controller.js';
import { AdminApprovalsController } from './approvals/approvals.controller.js';
import { AdminAuditController } from './audit/audit.controller.js';
import { AdminAccountBooksController } from './books/account-books.controller.js';
import { AdminLedgerController } from './books/ledger.controller.js';
import { AdminCredentialsController } from './credentials/credentials.controller.js';
import { AdminCurrenciesController } from './currencies/currencies.controller.js';
import { AdminCustomersController } from './customers/customers.controller.js';
import { AdminEmailsController } from './emails/emails.controller.js';
import { AdminEventsController } from './events/events.controller.js';
import { AdminJurisdictionsController } from './jurisdictions/jurisdictions.controller.js';
import { AdminKycCasesController } from './kyc/kyc-cases.controller.js';
import { KycCallbacksController } from './kyc/kyc-callbacks.controller.js';
import { AdminMeController } from './me/me.controller.js';
import { AdminHoldsController } from './money/holds.controller.js';
import { AdminTransfersController } from './money/transfers.controller.js';
import { AdminPlatformsController } from './platforms/platforms.controller.js';
import { AdminProductsController } from './products/products.controller.js';
import { AdminWebhookDeliveriesController } from './webhooks/webhook-deliveries.controller.js';
import { AdminWebhooksController } from './webhooks/webhooks.controller.js';
import { AdminWorkspacesController } from './workspaces/workspaces.controller.js';

/** `/admin`, and `/kyc` for providers: those who operate the bank. */
@Module({
  imports: [
    AuthModule,
    AccountsModule,
    BooksModule,
    MailModule,
    PaymentsModule,
    PlatformsModule,
    WebhooksModule,
  ],
  controllers: [
    AdminCustomersController,
    AdminKycCasesController,
    KycCallbacksController,
    AdminAccountsController,
    AdminTransfersController,
    AdminHoldsController,
    AdminAccountBooksController,
    AdminLedgerController,
    AdminApprovalsController,
    AdminCredentialsController,
    AdminPlatformsController,
    AdminWorkspacesController,
    AdminProductsController,
    AdminJurisdictionsController,
    AdminCurrenciesController,
    AdminEmailsController,
    AdminEventsController,
    AdminWebhooksController,
    AdminWebhookDeliveriesController,
    AdminAuditController,
    AdminMeController,
  ],
})
export class AdminApiModule {}
