import { Module } from '@nestjs/common';
import { AccountsModule } from '../../accounts/accounts.module.js';
import { AuthModule } from '../../auth/auth.module.js';
import { LedgerReportsModule } from '../../ledger/reports/ledger-reports.module.js';
import { MailModule } from '../../mail/mail.module.js';
import { PaymentsModule } from '../../payments/payments.module.js';
import { PlatformsModule } from '../../platforms/platforms.module.js';
import { WebhooksModule } from '../../webhooks/webhooks.module.js';
import { AdminAccountsBulkController } from './accounts/accounts-bulk.controller.js';
import { AccountLines } from './accounts/account-lines.service.js';
import { AdminAccountsController } from './accounts/accounts.controller.js';
import { AdminsController } from './admins/admins.controller.js';
import { AdminApprovalsController } from './approvals/approvals.controller.js';
import { AdminAuditController } from './audit/audit.controller.js';
import { AdminAccountReportsController } from './accounts/account-reports.controller.js';
import { AdminLedgerController } from './ledger/ledger.controller.js';
import { AtomicBulk } from './bulk/atomic-bulk.service.js';
import { BulkCalls } from './bulk/bulk.service.js';
import { LineReader } from './bulk/line-reader.service.js';
import { StreamedBulk } from './bulk/streamed-bulk.service.js';
import { AdminCredentialsController } from './credentials/credentials.controller.js';
import { AdminCurrenciesController } from './currencies/currencies.controller.js';
import { AdminCustomersController } from './customers/customers.controller.js';
import { AdminEmailAddressesController } from './email-addresses/email-addresses.controller.js';
import { AdminEmailsController } from './emails/emails.controller.js';
import { AdminEventsController } from './events/events.controller.js';
import { AdminJurisdictionsController } from './jurisdictions/jurisdictions.controller.js';
import { AdminKycCasesController } from './kyc/kyc-cases.controller.js';
import { KycCallbacksController } from './kyc/kyc-callbacks.controller.js';
import { AdminMeController } from './me/me.controller.js';
import { AdminHoldsController } from './holds/holds.controller.js';
import { TransferLines } from './transfers/transfer-lines.service.js';
import { AdminTransfersBulkController } from './transfers/transfers-bulk.controller.js';
import { AdminTransfersController } from './transfers/transfers.controller.js';
import { AdminPlatformsController } from './platforms/platforms.controller.js';
import { AdminPostingLimitsController } from './posting-limits/posting-limits.controller.js';
import { AdminProductsController } from './products/products.controller.js';
import { AdminSessionsController } from './sessions/sessions.controller.js';
import { AdminWebhookDeliveriesController } from './webhooks/webhook-deliveries.controller.js';
import { AdminWebhooksController } from './webhooks/webhooks.controller.js';
import { AdminWorkspacesController } from './workspaces/workspaces.controller.js';

/** The admin API: `/admin` for the admins who operate the bank, and `/kyc` for callbacks of KYC providers. */
@Module({
  imports: [
    AuthModule,
    AccountsModule,
    LedgerReportsModule,
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
    AdminAccountsBulkController,
    AdminTransfersController,
    AdminTransfersBulkController,
    AdminHoldsController,
    AdminAccountReportsController,
    AdminLedgerController,
    AdminPostingLimitsController,
    AdminApprovalsController,
    AdminCredentialsController,
    AdminPlatformsController,
    AdminWorkspacesController,
    AdminSessionsController,
    AdminProductsController,
    AdminJurisdictionsController,
    AdminCurrenciesController,
    AdminEmailsController,
    AdminEmailAddressesController,
    AdminEventsController,
    AdminWebhooksController,
    AdminWebhookDeliveriesController,
    AdminAuditController,
    AdminsController,
    AdminMeController,
  ],
  providers: [BulkCalls, StreamedBulk, AtomicBulk, LineReader, AccountLines, TransferLines],
})
export class AdminApiModule {}
