import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiQuery, ApiTags } from '@nestjs/swagger';
import { AUDIT_LIST, AuditSearch } from '../../../audit/audit-search.service.js';
import { AuditVerifier } from '../../../audit/audit-verifier.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import { PLATFORM_ID_PATTERN } from '../../../shared/object-id.js';
import { AdminRead } from '../admin-operation.decorator.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { PlatformQueryPipe } from './platform-query.pipe.js';
import { AuditEntryResponse, presentEntry, presentVerification, VerificationResponse } from './audit.dto.js';

@ApiTags('Audit')
@Controller('admin/audit')
export class AdminAuditController {
  constructor(
    private readonly search: AuditSearch,
    private readonly verifier: AuditVerifier,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'searchAuditTrail',
    summary: 'Search the audit trail',
    description:
      'Every action of an admin, every opening and every refused opening: actor, action, reason, values before and after.',
    refusals: ['validation_failed'],
  })
  @ListDocs(AUDIT_LIST, AuditEntryResponse)
  async list(@List(AUDIT_LIST) query: ListQuery): Promise<PageResponse<AuditEntryResponse>> {
    return presentPage(await this.search.list(query), query, presentEntry);
  }

  @Get('verify')
  @AdminRead({
    operationId: 'verifyAuditTrail',
    summary: 'Verify the audit trail',
    description: 'Recomputes every link of the chain and names the first that does not hold.',
    refusals: ['validation_failed'],
  })
  @ApiQuery({
    name: 'platform',
    required: false,
    description: 'This platform’s chain only; the system tenant is plt_0.',
    schema: { type: 'string', pattern: PLATFORM_ID_PATTERN },
  })
  @ApiOkResponse({ type: VerificationResponse, description: 'What was found.' })
  async verify(
    @Query('platform', PlatformQueryPipe) platformId: string | null,
  ): Promise<VerificationResponse> {
    return presentVerification(await this.verifier.verify(platformId));
  }
}
