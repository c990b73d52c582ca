import { Global, Module } from '@nestjs/common';
import { ApprovalsService } from './approvals.service.js';

/** The second person for dangerous acts. */
@Global()
@Module({ providers: [ApprovalsService], exports: [ApprovalsService] })
export class ApprovalsModule {}
