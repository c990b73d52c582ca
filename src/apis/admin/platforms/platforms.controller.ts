import { Controller, Get, Patch, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { claimOf } from '../../../http/call.decorator.js';
import { PLATFORM_LIST } from '../../../platforms/platform-list.js';
import {
  PLATFORM_MACHINE,
  PlatformsService,
  type PlatformView,
} from '../../../platforms/platforms.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import { describeMachine, refusalIn } from '../../../shared/state-machine.js';
import { AdminAct, AdminAsk, AdminChange, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { OutcomeForm } from '../approvals/outcome.js';
import { assertSomething, Command, given, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { SystemId, IdParam } from '../path-ids.js';
import {
  AmendPlatformRequest,
  CreatePlatformRequest,
  PlatformResponse,
  presentPlatform,
} from './platform.dto.js';

const AMENDED = new OutcomeForm(({ platform }: { platform: PlatformView }) => presentPlatform(platform));

@ApiTags('Platforms')
@Controller('admin/platforms')
export class AdminPlatformsController {
  constructor(private readonly platforms: PlatformsService) {}

  @Get()
  @AdminRead({
    operationId: 'listPlatforms',
    summary: 'List platforms',
    description: 'The tenants of this bank.',
    refusals: ['validation_failed'],
  })
  @ListDocs(PLATFORM_LIST, PlatformResponse)
  async list(@List(PLATFORM_LIST) query: ListQuery): Promise<PageResponse<PlatformResponse>> {
    return presentPage(await this.platforms.list(query), query, presentPlatform);
  }

  @Post()
  @AdminCreate({
    operationId: 'createPlatform',
    summary: 'Create a platform',
    description: `It begins \`pending\` and is verified by two people.\n\n${describeMachine(PLATFORM_MACHINE)}`,
    refusals: ['name_taken'],
  })
  @ApiBody({ type: CreatePlatformRequest })
  @ApiCreatedResponse({ type: PlatformResponse, description: 'The platform.' })
  async create(
    @Command(CreatePlatformRequest) { body, call, audit }: CommandInput<CreatePlatformRequest>,
  ): Promise<PlatformResponse> {
    const { name, kycAgreement = 'required', kycExpiryRestrictsDebits = false, homeJurisdiction } = body;
    const wanted = {
      name: name.trim(),
      kycAgreement,
      kycExpiryRestrictsDebits,
      homeJurisdictionCode: homeJurisdiction,
    };
    return presentPlatform(
      await this.platforms.create(wanted, { audit, claim: claimOf(call, 201, presentPlatform) }),
    );
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getPlatform',
    summary: 'Get a platform',
    description: 'One tenant.',
    refusals: ['object_not_found'],
  })
  @IdParam('plt_1')
  @ApiOkResponse({ type: PlatformResponse, description: 'The platform.' })
  async get(@SystemId('plt') id: string): Promise<PlatformResponse> {
    return presentPlatform(await this.platforms.get(id));
  }

  @Patch(':id')
  @AdminChange({
    operationId: 'changePlatform',
    summary: 'Change a platform',
    description:
      'What is missing stays as it is. A change of the KYC agreement or of the home jurisdiction waits for a second ' +
      'person (202), with the rest of the request.',
    refusals: ['object_not_found', 'name_taken', 'approval_pending'],
  })
  @IdParam('plt_1')
  @ApiBody({ type: AmendPlatformRequest })
  @ApiOkResponse({ type: PlatformResponse, description: 'The platform; it is changed.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'The request that waits for a second person.' })
  async amend(
    @SystemId('plt') id: string,
    @Command(AmendPlatformRequest) { body, audit }: CommandInput<AmendPlatformRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PlatformResponse | ApprovalResponse> {
    const { name, kycAgreement, kycExpiryRestrictsDebits, homeJurisdiction: homeJurisdictionCode } = body;
    const change = given({
      name: name?.trim(),
      kycAgreement,
      kycExpiryRestrictsDebits,
      homeJurisdictionCode,
    });
    assertSomething(change);
    const outcome = await this.platforms.amend(id, change, { audit, claim: null });
    return AMENDED.answer(outcome, reply);
  }

  @Post(':id/verify')
  @AdminAsk({
    operationId: 'requestPlatformVerification',
    summary: 'Request the verification of a platform',
    description: 'Also ends a suspension. Another approver decides: POST /admin/approvals/{id}/approve.',
    refusals: ['object_not_found', 'transition_not_allowed', 'approval_pending'],
    refusedIn: refusalIn(PLATFORM_MACHINE, 'verified'),
  })
  @IdParam('plt_1')
  @ReasonBody()
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'What waits for a second person.' })
  async verify(
    @SystemId('plt') id: string,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 202, presentApproval);
    return presentApproval(await this.platforms.requestVerification(id, { audit, claim }));
  }

  @Post(':id/suspend')
  @AdminAct({
    operationId: 'suspendPlatform',
    summary: 'Suspend a platform',
    description: 'From now on nothing can be opened under it.',
    refusals: ['object_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(PLATFORM_MACHINE, 'suspended'),
  })
  @IdParam('plt_1')
  @ReasonBody()
  @ApiOkResponse({ type: PlatformResponse, description: 'The platform.' })
  async suspend(
    @SystemId('plt') id: string,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<PlatformResponse> {
    return presentPlatform(
      await this.platforms.suspend(id, { audit, claim: claimOf(call, 200, presentPlatform) }),
    );
  }
}
