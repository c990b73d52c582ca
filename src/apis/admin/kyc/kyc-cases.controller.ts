import { Controller, Get, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AuditSearch } from '../../../audit/audit-search.service.js';
import { CUSTOMER_LIST, CustomerQueries } from '../../../customers/customer-queries.service.js';
import { KYC_MACHINE, type KycTransition } from '../../../customers/kyc-machine.js';
import { KycService } from '../../../customers/kyc.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import type { ListQuery } from '../../../shared/listing.js';
import { type TenantObject, toTenantId } from '../../../shared/object-id.js';
import { describeMachine, refusalIn } from '../../../shared/state-machine.js';
import { AdminAct, AdminRead } from '../admin-operation.decorator.js';
import { Command, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { TransitionName, TransitionParams, IdParam, TenantId } from '../path-ids.js';
import {
  KycActRequest,
  KycCaseDetailResponse,
  KycCaseResponse,
  presentCase,
  presentCaseDetail,
} from './kyc.dto.js';

/** What people do: all but what is automatic. */
const ACTS = ['submit', 'approve', 'reject', 'reopen'] as const satisfies readonly KycTransition[];
const HISTORY_LIMIT = 1_000;

@ApiTags('KYC')
@Controller('admin/kyc-cases')
export class AdminKycCasesController {
  constructor(
    private readonly kyc: KycService,
    private readonly queries: CustomerQueries,
    private readonly audit: AuditSearch,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'listKycCases',
    summary: 'List KYC cases',
    description: 'One case per customer; `kycStatus=pending` gives those that wait for a reviewer.',
    refusals: ['validation_failed'],
  })
  @ListDocs(CUSTOMER_LIST, KycCaseResponse)
  async list(@List(CUSTOMER_LIST) query: ListQuery): Promise<PageResponse<KycCaseResponse>> {
    return presentPage(await this.queries.list(query), query, presentCase);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getKycCase',
    summary: 'Get a KYC case',
    description: 'One case, with everything that happened to it.',
    refusals: ['object_not_found'],
  })
  @IdParam('kyc_1_4')
  @ApiOkResponse({ type: KycCaseDetailResponse, description: 'The case.' })
  async get(@TenantId('kyc') customer: TenantObject): Promise<KycCaseDetailResponse> {
    const { platformId, id } = customer;
    const history = await this.audit.historyOf(platformId, toTenantId('kyc', platformId, id), HISTORY_LIMIT);
    return presentCaseDetail(await this.queries.get(customer), history);
  }

  @Post(':id/:act')
  @AdminAct({
    operationId: 'actOnKycCase',
    summary: 'Submit, approve, reject or reopen a KYC case',
    description:
      'An approval needs evidence. Once this is answered, no opening goes by the state before. `expire` is done ' +
      `by the bank when a decision's time has run out.\n\n${describeMachine(KYC_MACHINE)}`,
    refusals: ['object_not_found', 'route_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(KYC_MACHINE, 'approved'),
  })
  @TransitionParams(ACTS, 'kyc_1_4')
  @ApiBody({ type: KycActRequest })
  @ApiOkResponse({ type: KycCaseResponse, description: 'The case.' })
  async do(
    @TenantId('kyc') customer: TenantObject,
    @TransitionName(ACTS) transition: KycTransition,
    @Command(KycActRequest) { body, call, audit: context }: CommandInput<KycActRequest>,
  ): Promise<KycCaseResponse> {
    const { evidence = null } = body;
    const expiresAt = body.expiresAt ? new Date(body.expiresAt) : null;
    const claim = claimOf(call, 200, presentCase);
    return presentCase(await this.kyc.move({ customer, transition, evidence, expiresAt, context, claim }));
  }
}
