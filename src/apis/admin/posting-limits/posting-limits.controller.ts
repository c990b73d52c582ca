import { Controller, Get, HttpCode, Put } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { POSTING_ROLES, type PostingRole } from '../../../auth/admin-list.js';
import { PostingLimits } from '../../../payments/posting-limits.service.js';
import { AdminChange, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { Command, type CommandInput } from '../command.js';
import { CurrencyInPath, RoleName } from '../path-ids.js';
import {
  ChangePostingLimitRequest,
  PostingLimitListResponse,
  presentPostingLimit,
} from './posting-limit.dto.js';

@ApiTags('Posting limits')
@Controller('admin/posting-limits')
export class AdminPostingLimitsController {
  constructor(private readonly limits: PostingLimits) {}

  @Get()
  @AdminRead({
    operationId: 'listPostingLimits',
    summary: 'List posting limits',
    description: 'The largest amounts that an operator and an approver post without approval, per currency.',
  })
  @ApiOkResponse({ type: PostingLimitListResponse, description: 'All limits.' })
  async list(): Promise<PostingLimitListResponse> {
    return { items: (await this.limits.current()).all().map(presentPostingLimit) };
  }

  @Put(':role/:currency')
  @HttpCode(202)
  @AdminChange({
    operationId: 'changePostingLimit',
    summary: 'Change a posting limit',
    description: 'Another approver decides: POST /admin/approvals/{id}/approve.',
    refusals: ['object_not_found', 'route_not_found', 'approval_pending'],
  })
  @ApiParam({ name: 'role', description: 'The role.', schema: { type: 'string', enum: [...POSTING_ROLES] } })
  @ApiParam({ name: 'currency', description: 'The currency.', schema: { type: 'string' }, example: 'USD' })
  @ApiBody({ type: ChangePostingLimitRequest })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async change(
    @RoleName(POSTING_ROLES) role: PostingRole,
    @CurrencyInPath() currency: string,
    @Command(ChangePostingLimitRequest) { body, audit }: CommandInput<ChangePostingLimitRequest>,
  ): Promise<ApprovalResponse> {
    const { limit } = body;
    return presentApproval(
      await this.limits.requestChange({ role, currency, limit }, { audit, claim: null }),
    );
  }
}
