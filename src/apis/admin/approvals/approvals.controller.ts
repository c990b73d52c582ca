import { Controller, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { APPROVAL_LIST } from '../../../approvals/approval-list.js';
import { ApprovalsService } from '../../../approvals/approvals.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import type { ErrorCode } from '../../../shared/app-error.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminDecide, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type Told } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { ApprovalResponse, presentApproval } from './approval.dto.js';

const DECISION_REFUSALS: readonly ErrorCode[] = [
  'object_not_found',
  'transition_not_allowed',
  'second_person_required',
];

@ApiTags('Approvals')
@Controller('admin/approvals')
export class AdminApprovalsController {
  constructor(private readonly approvals: ApprovalsService) {}

  @Get()
  @AdminRead({
    summary: 'List approvals',
    description: 'What waits for a second person, and what was decided.',
    refusals: ['validation_failed'],
  })
  @ListDocs(APPROVAL_LIST, ApprovalResponse)
  async list(@List(APPROVAL_LIST) query: ListQuery): Promise<PageResponse<ApprovalResponse>> {
    return presentPage(await this.approvals.list(query), query, presentApproval);
  }

  @Get(':id')
  @AdminRead({ summary: 'Get an approval', description: 'One request.', refusals: ['object_not_found'] })
  @IdParam('apr_1_1')
  @ApiOkResponse({ type: ApprovalResponse, description: 'The request.' })
  async get(@TenantId('apr') name: TenantObject): Promise<ApprovalResponse> {
    return presentApproval(await this.approvals.get(name));
  }

  @Post(':id/approve')
  @AdminDecide({
    summary: 'Approve',
    description:
      'The act is done in the same transaction; where it is not possible any more, that is the refusal and the ' +
      'request stays pending. Not by whoever asked for it.',
    refusals: [
      ...DECISION_REFUSALS,
      'account_exists',
      'account_not_empty',
      'customer_display_name_taken',
      'account_not_active',
      'insufficient_funds',
      'balance_limit_exceeded',
    ],
    refusedIn: { state: 'approved', allowedActs: [] },
  })
  @IdParam('apr_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: ApprovalResponse, description: 'The request, approved and done.' })
  async approve(
    @TenantId('apr') name: TenantObject,
    @Command(ReasonRequest) { call, act }: Told<ReasonRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 200, presentApproval);
    return presentApproval(await this.approvals.approve(name, { act, claim }));
  }

  @Post(':id/refuse')
  @AdminDecide({
    summary: 'Refuse',
    description: 'Nothing is done. Not by whoever asked for it.',
    refusals: DECISION_REFUSALS,
    refusedIn: { state: 'approved', allowedActs: [] },
  })
  @IdParam('apr_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: ApprovalResponse, description: 'The request, refused.' })
  async refuse(
    @TenantId('apr') name: TenantObject,
    @Command(ReasonRequest) { call, act }: Told<ReasonRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 200, presentApproval);
    return presentApproval(await this.approvals.refuse(name, { act, claim }));
  }
}
