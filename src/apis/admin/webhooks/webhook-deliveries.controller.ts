import { Controller, Get, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { claimOf } from '../../../http/call.decorator.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { DELIVERY_LIST, DeliveryQueries } from '../../../webhooks/delivery-queries.service.js';
import { MAX_REPLAYED, WebhookReplay } from '../../../webhooks/webhook-replay.service.js';
import { TEST_EVENT_TYPE, WebhookTestDelivery } from '../../../webhooks/webhook-test-delivery.service.js';
import { refusalIn } from '../../../shared/state-machine.js';
import { WEBHOOK_MACHINE } from '../../../webhooks/webhook-list.js';
import { AdminAct, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import {
  presentDelivery,
  presentDeliveryWithAttempts,
  WebhookDeliveryResponse,
  WebhookDeliveryWithAttemptsResponse,
} from './delivery.dto.js';
import {
  presentReplay,
  presentTestDelivery,
  ReplayResponse,
  ReplayWebhookRequest,
  TestWebhookResponse,
} from './webhook.dto.js';

@ApiTags('Webhooks')
@Controller('admin')
export class AdminWebhookDeliveriesController {
  constructor(
    private readonly deliveries: DeliveryQueries,
    private readonly replays: WebhookReplay,
    private readonly testDelivery: WebhookTestDelivery,
  ) {}

  @Get('webhooks/:id/deliveries')
  @AdminRead({
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries of a webhook',
    description: 'What was queued for it and what became of it, the last first.',
    refusals: ['object_not_found', 'validation_failed'],
  })
  @IdParam('whk_1_1')
  @ListDocs(DELIVERY_LIST, WebhookDeliveryResponse)
  async list(
    @TenantId('whk') name: TenantObject,
    @List(DELIVERY_LIST) query: ListQuery,
  ): Promise<PageResponse<WebhookDeliveryResponse>> {
    return presentPage(await this.deliveries.listOf(name, query), query, presentDelivery);
  }

  @Get('webhook-deliveries/:id')
  @AdminRead({
    operationId: 'getWebhookDelivery',
    summary: 'Get a delivery',
    description: 'One delivery with every call that was made for it. What receivers answer is not kept.',
    refusals: ['object_not_found'],
  })
  @IdParam('whd_1_7')
  @ApiOkResponse({ type: WebhookDeliveryWithAttemptsResponse, description: 'The delivery.' })
  async get(@TenantId('whd') name: TenantObject): Promise<WebhookDeliveryWithAttemptsResponse> {
    return presentDeliveryWithAttempts(await this.deliveries.get(name));
  }

  @Post('webhooks/:id/replay')
  @AdminAct({
    operationId: 'replayEvents',
    summary: 'Replay events to a webhook',
    description:
      'Queues events of the past once more, in their order and behind what waits, with the Webhook-Id they had. ' +
      `At most ${MAX_REPLAYED} at once: with more in the span it refuses and queues nothing.`,
    refusals: ['object_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(WEBHOOK_MACHINE, 'disabled'),
  })
  @IdParam('whk_1_1')
  @ApiBody({ type: ReplayWebhookRequest })
  @ApiOkResponse({ type: ReplayResponse, description: 'How many were queued.' })
  async replay(
    @TenantId('whk') name: TenantObject,
    @Command(ReplayWebhookRequest) { body, call, audit }: CommandInput<ReplayWebhookRequest>,
  ): Promise<ReplayResponse> {
    const wanted = { since: new Date(body.since), eventTypes: body.eventTypes ?? [] };
    const claim = claimOf(call, 200, presentReplay);
    return presentReplay(await this.replays.replay(name, wanted, { audit, claim }));
  }

  @Post('webhooks/:id/test')
  @AdminAct({
    operationId: 'testWebhook',
    summary: 'Test a webhook',
    description: `Sends a signed \`${TEST_EVENT_TYPE}\` right now, also to a disabled one, and tells what came of it.`,
    refusals: ['object_not_found'],
  })
  @IdParam('whk_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: TestWebhookResponse, description: 'What the target said, or why it said nothing.' })
  async test(
    @TenantId('whk') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<TestWebhookResponse> {
    const claim = claimOf(call, 200, presentTestDelivery);
    return presentTestDelivery(await this.testDelivery.run(name, { audit, claim }));
  }
}
