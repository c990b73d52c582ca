import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiExtraModels, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { claimOf } from '../../../http/call.decorator.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { refusalIn } from '../../../shared/state-machine.js';
import { WebhookEndpoints } from '../../../webhooks/webhook-endpoints.service.js';
import { WEBHOOK_LIST, WEBHOOK_MACHINE } from '../../../webhooks/webhook-list.js';
import { AdminAct, AdminChange, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { assertSomething, Command, given, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { systemIdIn, IdParam, TenantId } from '../path-ids.js';
import {
  AmendWebhookRequest,
  CreateWebhookRequest,
  IssuedWebhookResponse,
  presentIssuedWebhook,
  presentWebhook,
  WebhookResponse,
} from './webhook.dto.js';
import { WEBHOOK_DATA } from './webhook-message.dto.js';

@ApiTags('Webhooks')
@ApiExtraModels(...Object.values(WEBHOOK_DATA))
@Controller('admin/webhooks')
export class AdminWebhooksController {
  constructor(private readonly webhooks: WebhookEndpoints) {}

  @Get()
  @AdminRead({
    operationId: 'listWebhooks',
    summary: 'List webhooks',
    description: 'Webhook endpoints with their state, without their secrets.',
    refusals: ['validation_failed'],
  })
  @ListDocs(WEBHOOK_LIST, WebhookResponse)
  async list(@List(WEBHOOK_LIST) query: ListQuery): Promise<PageResponse<WebhookResponse>> {
    return presentPage(await this.webhooks.list(query), query, presentWebhook);
  }

  @Post()
  @AdminCreate({
    operationId: 'createWebhook',
    summary: 'Create a webhook',
    description:
      'From now on it is told of what happens on its platform: signed POST requests (Standard Webhooks), at least ' +
      'once, and for each account and customer in order. The secret is shown this once.',
    refusals: ['object_not_found'],
  })
  @ApiBody({ type: CreateWebhookRequest })
  @ApiCreatedResponse({ type: IssuedWebhookResponse, description: 'The webhook and its secret.' })
  async create(
    @Command(CreateWebhookRequest) { body, call, audit }: CommandInput<CreateWebhookRequest>,
  ): Promise<IssuedWebhookResponse> {
    const { url, eventTypes = [], description } = body;
    const platformId = systemIdIn('platform', 'plt', body.platform);
    const wanted = { platformId, url: url.trim(), eventTypes, description: description?.trim() ?? null };
    const claim = claimOf(call, 201, presentIssuedWebhook);
    return presentIssuedWebhook(await this.webhooks.create(wanted, { audit, claim }));
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getWebhook',
    summary: 'Get a webhook',
    description: 'One webhook.',
    refusals: ['object_not_found'],
  })
  @IdParam('whk_1_1')
  @ApiOkResponse({ type: WebhookResponse, description: 'The webhook.' })
  async get(@TenantId('whk') name: TenantObject): Promise<WebhookResponse> {
    return presentWebhook(await this.webhooks.get(name));
  }

  @Patch(':id')
  @AdminChange({
    operationId: 'changeWebhook',
    summary: 'Change a webhook',
    description:
      'What is missing stays as it is. A new URL counts for every attempt from now on, new types for what happens ' +
      'from now on.',
    refusals: ['object_not_found'],
  })
  @IdParam('whk_1_1')
  @ApiBody({ type: AmendWebhookRequest })
  @ApiOkResponse({ type: WebhookResponse, description: 'The webhook.' })
  async amend(
    @TenantId('whk') name: TenantObject,
    @Command(AmendWebhookRequest) { body, audit }: CommandInput<AmendWebhookRequest>,
  ): Promise<WebhookResponse> {
    const { url, eventTypes, description } = body;
    const change = given({ url: url?.trim(), eventTypes, description });
    assertSomething(change);
    return presentWebhook(await this.webhooks.amend(name, change, { audit, claim: null }));
  }

  @Post(':id/rotate-secret')
  @AdminAct({
    operationId: 'rotateWebhookSecret',
    summary: 'Rotate the secret of a webhook',
    description:
      'The new secret is shown this once. For 24 hours the one before signs as well, so that nothing is refused.',
    refusals: ['object_not_found'],
  })
  @IdParam('whk_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: IssuedWebhookResponse, description: 'The webhook and its new secret.' })
  async rotateSecret(
    @TenantId('whk') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<IssuedWebhookResponse> {
    const claim = claimOf(call, 200, presentIssuedWebhook);
    return presentIssuedWebhook(await this.webhooks.rotateSecret(name, { audit, claim }));
  }

  @Post(':id/disable')
  @AdminAct({
    operationId: 'disableWebhook',
    summary: 'Disable a webhook',
    description: 'Nothing is sent to it, and nothing new is queued for it. What is queued waits.',
    refusals: ['object_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(WEBHOOK_MACHINE, 'disabled'),
  })
  @IdParam('whk_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: WebhookResponse, description: 'The webhook.' })
  async disable(
    @TenantId('whk') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<WebhookResponse> {
    const claim = claimOf(call, 200, presentWebhook);
    return presentWebhook(await this.webhooks.do(name, 'disable', { audit, claim }));
  }

  @Post(':id/enable')
  @AdminAct({
    operationId: 'enableWebhook',
    summary: 'Enable a webhook',
    description: 'What is queued is sent at once. What happened while it was disabled: replay it.',
    refusals: ['object_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(WEBHOOK_MACHINE, 'active'),
  })
  @IdParam('whk_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: WebhookResponse, description: 'The webhook.' })
  async enable(
    @TenantId('whk') name: TenantObject,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<WebhookResponse> {
    const claim = claimOf(call, 200, presentWebhook);
    return presentWebhook(await this.webhooks.do(name, 'enable', { audit, claim }));
  }
}
