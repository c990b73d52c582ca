import { Module } from '@nestjs/common';
import { CurrenciesModule } from '../currencies/currencies.module.js';
import { CustomersModule } from '../customers/customers.module.js';
import { JurisdictionsModule } from '../jurisdictions/jurisdictions.module.js';
import { LedgerModule } from '../ledger/ledger.module.js';
import { ProductsModule } from '../products/products.module.js';
import { AccountAmendments } from './lifecycle/account-amendments.service.js';
import { AccountQueries } from './reading/account-queries.service.js';
import { AccountLookups } from './reading/account-lookups.service.js';
import { AccountLifecycle } from './lifecycle/account-lifecycle.service.js';
import { AccountOpeningService } from './opening/account-opening.service.js';
import { AccountSearchService } from './reading/account-search.service.js';
import { AccountsService } from './reading/accounts.service.js';
import { CurrencyAvailability } from './currency-availability.service.js';
import { DuplicatesService } from './opening/duplicates.service.js';
import { JurisdictionPreview } from './jurisdiction-preview.service.js';
import { OpeningRefusals } from './opening/opening-refusals.service.js';
import { OpeningDryRun } from './opening/opening-dry-run.service.js';
import { OpeningWriter } from './opening/opening-writer.service.js';
import { OwnerAccountsService } from './owner-accounts.service.js';
import { PlatformAccountsService } from './platform-accounts.service.js';
import { WorkspaceAccountsService } from './workspace-accounts.service.js';

const MODULES = [CurrenciesModule, JurisdictionsModule, ProductsModule, CustomersModule, LedgerModule];
const SERVICES = [
  AccountAmendments,
  AccountQueries,
  AccountLifecycle,
  AccountLookups,
  AccountOpeningService,
  AccountSearchService,
  AccountsService,
  CurrencyAvailability,
  DuplicatesService,
  JurisdictionPreview,
  OpeningRefusals,
  OpeningDryRun,
  OpeningWriter,
  OwnerAccountsService,
  PlatformAccountsService,
  WorkspaceAccountsService,
];

/** Opening and reading accounts. Re-exports the modules that its guards and pipes need. */
@Module({ imports: MODULES, providers: SERVICES, exports: [...MODULES, ...SERVICES] })
export class AccountsModule {}
