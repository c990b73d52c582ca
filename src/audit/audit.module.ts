import { Global, Module } from '@nestjs/common';
import { AuditKeys } from './audit-keys.service.js';
import { AuditSealer } from './audit-sealer.service.js';
import { AuditSearch } from './audit-search.service.js';
import { AuditTrail } from './audit-trail.service.js';
import { AuditVerifier } from './audit-verifier.service.js';

const SERVICES = [AuditTrail, AuditSealer, AuditSearch, AuditVerifier];

/** The audit trail: append-only entries, sealed in a hash chain per platform, and searchable. */
@Global()
@Module({ providers: [...SERVICES, AuditKeys], exports: SERVICES })
export class AuditModule {}
