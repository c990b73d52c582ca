import { Controller, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { SessionAdministration } from '../../../auth/session-administration.service.js';
import { SESSION_LIST, type SessionView } from '../../../auth/session-list.js';
import { claimOf } from '../../../http/call.decorator.js';
import { Clock } from '../../../shared/clock.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAct, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { AdminSessionResponse, presentSession } from './session.dto.js';

@ApiTags('Sessions')
@Controller('admin/sessions')
export class AdminSessionsController {
  private readonly present = (session: SessionView): AdminSessionResponse =>
    presentSession(session, this.clock.now());

  constructor(
    private readonly sessions: SessionAdministration,
    private readonly clock: Clock,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'listSessions',
    summary: 'List sessions',
    description: 'Of the workspace API; never with a token.',
    refusals: ['validation_failed'],
  })
  @ListDocs(SESSION_LIST, AdminSessionResponse)
  async list(@List(SESSION_LIST) query: ListQuery): Promise<PageResponse<AdminSessionResponse>> {
    return presentPage(await this.sessions.list(query), query, this.present);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getSession',
    summary: 'Get a session',
    description: 'One session.',
    refusals: ['object_not_found'],
  })
  @IdParam('ses_1_1')
  @ApiOkResponse({ type: AdminSessionResponse, description: 'The session.' })
  async get(@TenantId('ses') session: TenantObject): Promise<AdminSessionResponse> {
    return this.present(await this.sessions.get(session));
  }

  @Post(':id/end')
  @AdminAct({
    operationId: 'endSession',
    summary: 'End a session',
    description: 'For good, with its tokens, in force on every process within a second.',
    refusals: ['object_not_found', 'transition_not_allowed'],
    refusedIn: { state: 'ended', allowedActs: [] },
  })
  @IdParam('ses_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: AdminSessionResponse, description: 'The session; it has ended.' })
  async end(
    @TenantId('ses') session: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<AdminSessionResponse> {
    const claim = claimOf(call, 200, this.present);
    return this.present(await this.sessions.end(session, { audit, claim }));
  }
}
