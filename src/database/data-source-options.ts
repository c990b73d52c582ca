import type { DataSourceOptions } from 'typeorm';
import { Account } from '../entities/account.entity.js';
import { Admin } from '../entities/admin.entity.js';
import { ApprovalRequest } from '../entities/approval-request.entity.js';
import { AuditEntry } from '../entities/audit-entry.entity.js';
import { AuditKey } from '../entities/audit-key.entity.js';
import { AuditSeal, AuditUnsealed } from '../entities/audit-seal.entity.js';
import { Balance } from '../entities/balance.entity.js';
import { ChangeVersion } from '../entities/change-version.entity.js';
import { Credential } from '../entities/credential.entity.js';
import { Currency } from '../entities/currency.entity.js';
import { Customer } from '../entities/customer.entity.js';
import { EmailAddress } from '../entities/email-address.entity.js';
import { Email } from '../entities/email.entity.js';
import { EventRecord } from '../entities/event.entity.js';
import { Hold } from '../entities/hold.entity.js';
import { IdempotencyRecord } from '../entities/idempotency-record.entity.js';
import { JurisdictionCurrency } from '../entities/jurisdiction-currency.entity.js';
import { Jurisdiction } from '../entities/jurisdiction.entity.js';
import { KycCallback } from '../entities/kyc-callback.entity.js';
import { LowBalanceAlert } from '../entities/low-balance-alert.entity.js';
import { PepperCheck } from '../entities/pepper-check.entity.js';
import { Platform } from '../entities/platform.entity.js';
import { PostingLimit } from '../entities/posting-limit.entity.js';
import { Product } from '../entities/product.entity.js';
import { RateLimitUsage } from '../entities/rate-limit-usage.entity.js';
import { RefreshToken } from '../entities/refresh-token.entity.js';
import { Session } from '../entities/session.entity.js';
import { Transfer } from '../entities/transfer.entity.js';
import { WebhookAttempt, WebhookDelivery } from '../entities/webhook-delivery.entity.js';
import { WebhookEndpoint } from '../entities/webhook-endpoint.entity.js';
import { Workspace } from '../entities/workspace.entity.js';
import { CreateAccountOpening1795228800000 } from './migrations/1795228800000-create-account-opening.js';
import { CreateOperation1795315200000 } from './migrations/1795315200000-create-operation.js';
import { CreateLedger1795401600000 } from './migrations/1795401600000-create-ledger.js';
import { IndexAccounts1795488000000 } from './migrations/1795488000000-index-accounts.js';
import { BindApprovals1795574400000 } from './migrations/1795574400000-bind-approvals.js';
import { CreatePostingLimits1795660800000 } from './migrations/1795660800000-create-posting-limits.js';
import { KeepKycAnswers1797130000000 } from './migrations/1797130000000-keep-kyc-answers.js';
import { CountKycRounds1797140000000 } from './migrations/1797140000000-count-kyc-rounds.js';
import { KeyAuditChains1797200000000 } from './migrations/1797200000000-key-audit-chains.js';
import { CheckPeppers1797300000000 } from './migrations/1797300000000-check-peppers.js';
import { LimitRates1797400000000 } from './migrations/1797400000000-limit-rates.js';
import { LimitAlerts1797500000000 } from './migrations/1797500000000-limit-alerts.js';
import { ConfirmAddresses1797600000000 } from './migrations/1797600000000-confirm-addresses.js';
import { connectionTo, type Route } from './connection.js';
import { STATEMENT_TIMEOUT_MS } from './session.js';
import { WriterClient } from './writer-client.js';

export const ENTITIES = [
  Account,
  Admin,
  ApprovalRequest,
  AuditEntry,
  AuditKey,
  AuditSeal,
  AuditUnsealed,
  Balance,
  ChangeVersion,
  Credential,
  Currency,
  Customer,
  Email,
  EmailAddress,
  EventRecord,
  Hold,
  IdempotencyRecord,
  Jurisdiction,
  JurisdictionCurrency,
  KycCallback,
  LowBalanceAlert,
  PepperCheck,
  Platform,
  PostingLimit,
  Product,
  RateLimitUsage,
  RefreshToken,
  Session,
  Transfer,
  WebhookAttempt,
  WebhookDelivery,
  WebhookEndpoint,
  Workspace,
];

export const MIGRATIONS = [
  CreateAccountOpening1795228800000,
  CreateOperation1795315200000,
  CreateLedger1795401600000,
  IndexAccounts1795488000000,
  BindApprovals1795574400000,
  CreatePostingLimits1795660800000,
  KeepKycAnswers1797130000000,
  CountKycRounds1797140000000,
  KeyAuditChains1797200000000,
  CheckPeppers1797300000000,
  LimitRates1797400000000,
  LimitAlerts1797500000000,
  ConfirmAddresses1797600000000,
];

/** How long a request waits for a connection, or for the server to accept one, before it gets 503. */
const CONNECT_TIMEOUT_MS = 3_000;

export function dataSourceOptions(url: string, poolSize: number, route: Route = 'direct'): DataSourceOptions {
  const { connectionString, ...connection } = connectionTo(url, route);
  return {
    type: 'postgres',
    url: connectionString,
    entities: ENTITIES,
    migrations: MIGRATIONS,
    migrationsTableName: 'migrations',
    synchronize: false,
    poolSize,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
    applicationName: 'vostro',
    extra: {
      ...connection,
      // The client times out a little later than the server: a server that hangs sends nothing at all.
      query_timeout: STATEMENT_TIMEOUT_MS + 2_000,
      keepAlive: true,
      Client: WriterClient,
      // Statements that do not depend on each other's results are pipelined.
      pipeline: true,
    },
  };
}
