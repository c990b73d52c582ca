import { Global, Module } from '@nestjs/common';
import { ApprovalSecretCleanup } from './approval-secret-cleanup.service.js';
import { ApprovalSecrets } from './approval-secrets.service.js';
import { ApprovalsService } from './approvals.service.js';

const SERVICES = [ApprovalsService, ApprovalSecrets];

/** Approvals of dangerous effects by a second admin. */
@Global()
@Module({ providers: [...SERVICES, ApprovalSecretCleanup], exports: SERVICES })
export class ApprovalsModule {}
