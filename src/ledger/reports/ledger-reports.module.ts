import { Module } from '@nestjs/common';
import { AccountBalances } from './account-balance.service.js';
import { AccountStatements } from './account-statement.service.js';
import { HoldQueries } from './hold-queries.service.js';
import { LedgerVerifier } from './ledger-verifier.service.js';
import { TransferQueries } from './transfer-queries.service.js';
import { TrialBalances } from './trial-balance.service.js';

const SERVICES = [
  AccountBalances,
  AccountStatements,
  HoldQueries,
  LedgerVerifier,
  TransferQueries,
  TrialBalances,
];

/** Read-only queries on the ledger: balances, statements, transfers, holds, trial balance and verification. */
@Module({ providers: SERVICES, exports: SERVICES })
export class LedgerReportsModule {}
