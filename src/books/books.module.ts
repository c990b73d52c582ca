import { Module } from '@nestjs/common';
import { HoldDirectory } from './hold-directory.service.js';
import { TransferDirectory } from './transfer-directory.service.js';

const SERVICES = [HoldDirectory, TransferDirectory];

/** What stands in the books of the ledger, for those who read them. Writes nothing. */
@Module({ providers: SERVICES, exports: SERVICES })
export class BooksModule {}
