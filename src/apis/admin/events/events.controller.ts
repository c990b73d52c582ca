import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { EVENT_LIST, EventQueries } from '../../../events/event-queries.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminRead } from '../admin-operation.decorator.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import { EventResponse, presentEvent } from './event.dto.js';

@ApiTags('Events')
@Controller('admin/events')
export class AdminEventsController {
  constructor(private readonly events: EventQueries) {}

  @Get()
  @AdminRead({
    operationId: 'listEvents',
    summary: 'List events',
    description:
      'What happened, the last first. Events of one object stand in the order in which they happened.',
    refusals: ['validation_failed'],
  })
  @ListDocs(EVENT_LIST, EventResponse)
  async list(@List(EVENT_LIST) query: ListQuery): Promise<PageResponse<EventResponse>> {
    return presentPage(await this.events.list(query), query, presentEvent);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getEvent',
    summary: 'Get an event',
    description: 'One event.',
    refusals: ['object_not_found'],
  })
  @IdParam('evt_1_42')
  @ApiOkResponse({ type: EventResponse, description: 'The event.' })
  async get(@TenantId('evt') name: TenantObject): Promise<EventResponse> {
    return presentEvent(await this.events.get(name));
  }
}
