import { Controller, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { claimOf } from '../../../http/call.decorator.js';
import { EmailAdministration } from '../../../mail/email-administration.service.js';
import { EMAIL_LIST, EmailQueries } from '../../../mail/email-queries.service.js';
import { EMAIL_MACHINE } from '../../../mail/email-machine.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { describeMachine, refusalIn } from '../../../shared/state-machine.js';
import { AdminAct, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { EmailDetailResponse, EmailResponse, presentEmail, presentEmailDetail } from './email.dto.js';

@ApiTags('E-mails')
@Controller('admin/emails')
export class AdminEmailsController {
  constructor(
    private readonly queries: EmailQueries,
    private readonly administration: EmailAdministration,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'listEmails',
    summary: 'List e-mails',
    description: 'One e-mail per recipient, in any status.',
    refusals: ['validation_failed'],
  })
  @ListDocs(EMAIL_LIST, EmailResponse)
  async list(@List(EMAIL_LIST) query: ListQuery): Promise<PageResponse<EmailResponse>> {
    return presentPage(await this.queries.list(query), query, presentEmail);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getEmail',
    summary: 'Get an e-mail',
    description: 'With its text.',
    refusals: ['object_not_found'],
  })
  @IdParam('eml_1_1')
  @ApiOkResponse({ type: EmailDetailResponse, description: 'The e-mail.' })
  async get(@TenantId('eml') name: TenantObject): Promise<EmailDetailResponse> {
    return presentEmailDetail(await this.queries.get(name));
  }

  @Post(':id/send')
  @AdminAct({
    operationId: 'resendEmail',
    summary: 'Send an e-mail again',
    description:
      'Queues one that was not sent; the mailer takes it within a second or so. A recipient that received it ' +
      `earlier recognises the duplicate by its Message-ID.\n\n${describeMachine(EMAIL_MACHINE)}`,
    refusals: ['object_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(EMAIL_MACHINE, 'sent'),
  })
  @IdParam('eml_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: EmailDetailResponse, description: 'The e-mail.' })
  async send(
    @TenantId('eml') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<EmailDetailResponse> {
    const claim = claimOf(call, 200, presentEmailDetail);
    return presentEmailDetail(await this.administration.send(name, { audit, claim }));
  }
}
