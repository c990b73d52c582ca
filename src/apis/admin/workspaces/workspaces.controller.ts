import { Controller, Get, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { claimOf } from '../../../http/call.decorator.js';
import { WORKSPACE_LIST, WorkspacesService } from '../../../platforms/workspaces.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAsk, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId, tenantIdIn } from '../path-ids.js';
import { CreateWorkspaceRequest, presentWorkspace, WorkspaceResponse } from './workspace.dto.js';

@ApiTags('Workspaces')
@Controller('admin/workspaces')
export class AdminWorkspacesController {
  constructor(private readonly workspaces: WorkspacesService) {}

  @Get()
  @AdminRead({
    operationId: 'listWorkspaces',
    summary: 'List workspaces',
    description: 'The handles by which the workspace API names customers.',
    refusals: ['validation_failed'],
  })
  @ListDocs(WORKSPACE_LIST, WorkspaceResponse)
  async list(@List(WORKSPACE_LIST) query: ListQuery): Promise<PageResponse<WorkspaceResponse>> {
    return presentPage(await this.workspaces.list(query), query, presentWorkspace);
  }

  @Post()
  @AdminCreate({
    operationId: 'createWorkspace',
    summary: 'Create a workspace',
    description: 'A customer may have several workspaces.',
    refusals: ['object_not_found'],
  })
  @ApiBody({ type: CreateWorkspaceRequest })
  @ApiCreatedResponse({ type: WorkspaceResponse, description: 'The workspace.' })
  async create(
    @Command(CreateWorkspaceRequest) { body, call, audit }: CommandInput<CreateWorkspaceRequest>,
  ): Promise<WorkspaceResponse> {
    const holder = tenantIdIn('customer', 'cus', body.customer);
    const claim = claimOf(call, 201, presentWorkspace);
    return presentWorkspace(await this.workspaces.create(holder, { audit, claim }));
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getWorkspace',
    summary: 'Get a workspace',
    description: 'One workspace.',
    refusals: ['object_not_found'],
  })
  @IdParam('wsp_1_3')
  @ApiOkResponse({ type: WorkspaceResponse, description: 'The workspace.' })
  async get(@TenantId('wsp') workspace: TenantObject): Promise<WorkspaceResponse> {
    return presentWorkspace(await this.workspaces.get(workspace));
  }

  @Post(':id/sessions')
  @AdminAsk({
    operationId: 'requestSession',
    summary: 'Request a session',
    description:
      'A session of the holder, held to the workspace. When another admin has approved it, the requester collects its ' +
      'first tokens: POST /admin/approvals/{id}/secret.',
    refusals: ['object_not_found', 'approval_pending'],
  })
  @IdParam('wsp_1_3')
  @ReasonBody()
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async requestSession(
    @TenantId('wsp') workspace: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 202, presentApproval);
    return presentApproval(await this.workspaces.requestSession(workspace, { audit, claim }));
  }
}
