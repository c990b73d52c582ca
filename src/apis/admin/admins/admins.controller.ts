import { Controller, Get, HttpCode, Patch } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { AdminAdministration } from '../../../auth/admin-administration.service.js';
import { ADMIN_LIST } from '../../../auth/admin-list.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminRead, ApproverChange } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { assertSomething, Command, given, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { AdminResponse, AmendAdminRequest, presentAdmin } from './admin.dto.js';

@ApiTags('Admins')
@Controller('admin/admins')
export class AdminsController {
  constructor(private readonly admins: AdminAdministration) {}

  @Get()
  @AdminRead({
    operationId: 'listAdmins',
    summary: 'List admins',
    description: 'Admins, with the use of their keys.',
    refusals: ['validation_failed'],
  })
  @ListDocs(ADMIN_LIST, AdminResponse)
  async list(@List(ADMIN_LIST) query: ListQuery): Promise<PageResponse<AdminResponse>> {
    return presentPage(await this.admins.list(query), query, presentAdmin);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getAdmin',
    summary: 'Get an admin',
    description: 'One admin.',
    refusals: ['object_not_found'],
  })
  @IdParam('adm_0_1')
  @ApiOkResponse({ type: AdminResponse, description: 'The admin.' })
  async get(@TenantId('adm') { id }: TenantObject): Promise<AdminResponse> {
    return presentAdmin(await this.admins.get(id));
  }

  @Patch(':id')
  @HttpCode(202)
  @ApproverChange({
    operationId: 'changeAdmin',
    summary: 'Change an admin',
    description:
      'Disables or enables it, or gives it another role. Requested by an approver, from a token that is not narrowed; ' +
      'another approver decides: POST /admin/approvals/{id}/approve. Admins are created on the command line.',
    refusals: ['object_not_found', 'authority_exceeded', 'approval_pending'],
  })
  @IdParam('adm_0_1')
  @ApiBody({ type: AmendAdminRequest })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async amend(
    @TenantId('adm') { id }: TenantObject,
    @Command(AmendAdminRequest) { body, call, audit }: CommandInput<AmendAdminRequest>,
  ): Promise<ApprovalResponse> {
    const change = given({ role: body.role, status: body.status });
    assertSomething(change);
    const command = { caller: call.caller, audit, claim: null };
    return presentApproval(await this.admins.requestChange(id, change, command));
  }
}
