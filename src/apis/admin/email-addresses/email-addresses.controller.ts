import { Controller, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { claimOf } from '../../../http/call.decorator.js';
import { EmailAddressAdministration } from '../../../mail/email-address-administration.service.js';
import { EMAIL_ADDRESS_LIST, EmailAddressQueries } from '../../../mail/email-address-queries.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAct, AdminRead } from '../admin-operation.decorator.js';
import { Command, type CommandInput, ReasonBody, ReasonRequest } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { EmailAddressResponse, presentEmailAddress } from './email-address.dto.js';

@ApiTags('E-mails')
@Controller('admin/email-addresses')
export class AdminEmailAddressesController {
  constructor(
    private readonly queries: EmailAddressQueries,
    private readonly administration: EmailAddressAdministration,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'listEmailAddresses',
    summary: 'List e-mail addresses',
    description: 'One entry per platform and address, with what the owner of the address has decided.',
    refusals: ['validation_failed'],
  })
  @ListDocs(EMAIL_ADDRESS_LIST, EmailAddressResponse)
  async list(@List(EMAIL_ADDRESS_LIST) query: ListQuery): Promise<PageResponse<EmailAddressResponse>> {
    return presentPage(await this.queries.list(query), query, presentEmailAddress);
  }

  @Post(':id/reset')
  @AdminAct({
    operationId: 'resetEmailAddress',
    summary: 'Reset an e-mail address',
    description:
      'Makes the address unconfirmed, as if it had never been asked: with the next event of an account that names it, ' +
      'it is asked to confirm again. For an unsubscription by mistake, or confirmations that were lost.',
    refusals: ['object_not_found'],
  })
  @IdParam('ead_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: EmailAddressResponse, description: 'The address.' })
  async reset(
    @TenantId('ead') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<EmailAddressResponse> {
    const claim = claimOf(call, 200, presentEmailAddress);
    return presentEmailAddress(await this.administration.reset(name, { audit, claim }));
  }
}
