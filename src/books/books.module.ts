import { Module } from '@nestjs/common';
import { AccountBalances } from './account-balance.service.js';
import { AccountStatements } from './account-statement.service.js';
import { HoldDirectory } from './hold-directory.service.js';
import { LedgerVerifier } from './ledger-verifier.service.js';
import { TransferDirectory } from './transfer-directory.service.js';
import { TrialBalances } from './trial-balance.service.js';

const SERVICES = [
  AccountBalances,
  AccountStatements,
  HoldDirectory,
  LedgerVerifier,
  TransferDirectory,
  TrialBalances,
];

/** What stands in the books of the ledger, for those who read them. Writes nothing. */
@Module({ providers: SERVICES, exports: SERVICES })
export class BooksModule {}
