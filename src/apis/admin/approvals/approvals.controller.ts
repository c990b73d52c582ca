import { Controller, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { APPROVAL_LIST } from '../../../approvals/approval-list.js';
import { ApprovalsService } from '../../../approvals/approvals.service.js';
import { ApprovedSecrets } from '../../../auth/approved-secrets.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import type { ErrorCode } from '../../../shared/app-error.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAct, AdminDecide, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { ApprovalResponse, ApprovedSecretResponse, presentApproval, presentSecret } from './approval.dto.js';

const DECISION_REFUSALS: readonly ErrorCode[] = [
  'object_not_found',
  'transition_not_allowed',
  'second_person_required',
];

@ApiTags('Approvals')
@Controller('admin/approvals')
export class AdminApprovalsController {
  constructor(
    private readonly approvals: ApprovalsService,
    private readonly secrets: ApprovedSecrets,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'listApprovals',
    summary: 'List approvals',
    description: 'Approval requests: pending, decided, expired or withdrawn.',
    refusals: ['validation_failed'],
  })
  @ListDocs(APPROVAL_LIST, ApprovalResponse)
  async list(@List(APPROVAL_LIST) query: ListQuery): Promise<PageResponse<ApprovalResponse>> {
    return presentPage(await this.approvals.list(query), query, presentApproval);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getApproval',
    summary: 'Get an approval',
    description: 'One request.',
    refusals: ['object_not_found'],
  })
  @IdParam('apr_1_1')
  @ApiOkResponse({ type: ApprovalResponse, description: 'The request.' })
  async get(@TenantId('apr') name: TenantObject): Promise<ApprovalResponse> {
    return presentApproval(await this.approvals.get(name));
  }

  @Post(':id/approve')
  @AdminDecide({
    operationId: 'approveRequest',
    summary: 'Approve a request',
    description:
      'Carries out what `summary` shows, in the same transaction. When that is not possible any more, its refusal is ' +
      'the answer and the request stays pending. Not by the requester. A request is stale when the object has changed ' +
      'since; it ends when the role or the key of the requester does.',
    refusals: [
      ...DECISION_REFUSALS,
      'approval_stale',
      'name_taken',
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
  @ApiOkResponse({ type: ApprovalResponse, description: 'The request, approved and carried out.' })
  async approve(
    @TenantId('apr') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 200, presentApproval);
    return presentApproval(await this.approvals.approve(name, { audit, claim }));
  }

  @Post(':id/refuse')
  @AdminDecide({
    operationId: 'refuseRequest',
    summary: 'Refuse a request',
    description: 'Nothing is carried out. Not by the requester.',
    refusals: DECISION_REFUSALS,
    refusedIn: { state: 'approved', allowedActs: [] },
  })
  @IdParam('apr_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: ApprovalResponse, description: 'The request, refused.' })
  async refuse(
    @TenantId('apr') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 200, presentApproval);
    return presentApproval(await this.approvals.refuse(name, { audit, claim }));
  }

  @Post(':id/withdraw')
  @AdminAct({
    operationId: 'withdrawRequest',
    summary: 'Withdraw a request',
    description: 'By the requester alone.',
    refusals: ['object_not_found', 'transition_not_allowed', 'requester_required'],
  })
  @IdParam('apr_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: ApprovalResponse, description: 'The request, withdrawn.' })
  async withdraw(
    @TenantId('apr') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 200, presentApproval);
    return presentApproval(await this.approvals.withdraw(name, { audit, claim }));
  }

  @Post(':id/secret')
  @AdminAct({
    operationId: 'collectSecret',
    summary: 'Collect a secret',
    description:
      'The secret of the credential or the session that an approval made. By the requester alone, once, within 24 hours of the ' +
      'approval, and not with a narrowed token.',
    refusals: ['object_not_found', 'transition_not_allowed', 'requester_required', 'authority_exceeded'],
  })
  @IdParam('apr_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: ApprovedSecretResponse, description: 'The secret. It is deleted here.' })
  async collect(
    @TenantId('apr') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<ApprovedSecretResponse> {
    const claim = claimOf(call, 200, presentSecret);
    return presentSecret(await this.secrets.collect(name, { caller: call.caller, audit, claim }));
  }
}
