import { Global, Module } from '@nestjs/common';
import { AuditKeys } from './audit-keys.service.js';
import { AuditSealer } from './audit-sealer.service.js';
import { AuditSearch } from './audit-search.service.js';
import { AuditTrail } from './audit-trail.service.js';
import { AuditVerifier } from './audit-verifier.service.js';

const SERVICES = [AuditTrail, AuditSealer, AuditSearch, AuditVerifier];

/** What happened, by whom and why; written once, chained, and searched. */
@Global()
@Module({ providers: [...SERVICES, AuditKeys], exports: SERVICES })
export class AuditModule {}
