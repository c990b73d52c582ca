import { Controller, Get, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { HOLD_LIST, HoldQueries } from '../../../ledger/reports/hold-queries.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import { HoldsService } from '../../../payments/holds.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAct, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { Command, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import {
  CaptureRequest,
  HoldResponse,
  PlaceHoldRequest,
  presentHold,
  ReleaseRequest,
  toCaptureOrder,
  toHoldOrder,
} from './hold.dto.js';
import { POSTING_REFUSALS } from '../transfers/transfers.controller.js';

@ApiTags('Holds')
@Controller('admin/holds')
export class AdminHoldsController {
  constructor(
    private readonly holds: HoldsService,
    private readonly queries: HoldQueries,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'findHolds',
    summary: 'Find holds',
    description: 'Of every platform; every parameter given must hold. Newest first.',
    refusals: ['validation_failed'],
  })
  @ListDocs(HOLD_LIST, HoldResponse)
  async list(@List(HOLD_LIST) query: ListQuery): Promise<PageResponse<HoldResponse>> {
    return presentPage(await this.queries.list(query), query, presentHold);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getHold',
    summary: 'Get a hold',
    description: 'One hold.',
    refusals: ['object_not_found'],
  })
  @IdParam('hld_1_1')
  @ApiOkResponse({ type: HoldResponse, description: 'The hold.' })
  async get(@TenantId('hld') hold: TenantObject): Promise<HoldResponse> {
    return presentHold(await this.queries.get(hold));
  }

  @Post()
  @AdminCreate({
    operationId: 'placeHold',
    summary: 'Place a hold',
    description: 'Sets available money aside until it is captured, released, or its time runs out.',
    refusals: [...POSTING_REFUSALS, 'reference_taken'],
  })
  @ApiBody({ type: PlaceHoldRequest })
  @ApiCreatedResponse({ type: HoldResponse, description: 'The hold.' })
  async place(
    @Command(PlaceHoldRequest) { body, call, audit }: CommandInput<PlaceHoldRequest>,
  ): Promise<HoldResponse> {
    const claim = claimOf(call, 201, presentHold);
    return presentHold(await this.holds.place(toHoldOrder(body), { audit, claim }));
  }

  @Post(':id/capture')
  @AdminAct({
    operationId: 'captureHold',
    summary: 'Capture a hold',
    description:
      'Takes money that was set aside, in part or whole. The rest is given back, or with `final: false` stays held. ' +
      'Refused above the posting limit of the role and the currency.',
    refusals: [
      ...POSTING_REFUSALS,
      'posting_limit_exceeded',
      'currency_mismatch',
      'reference_taken',
      'transition_not_allowed',
    ],
    refusedIn: { state: 'captured', allowedActs: [] },
  })
  @IdParam('hld_1_1')
  @ApiBody({ type: CaptureRequest })
  @ApiOkResponse({ type: HoldResponse, description: 'The hold.' })
  async capture(
    @TenantId('hld') hold: TenantObject,
    @Command(CaptureRequest) { body, call, audit }: CommandInput<CaptureRequest>,
  ): Promise<HoldResponse> {
    const claim = claimOf(call, 200, presentHold);
    return presentHold(await this.holds.capture(hold, toCaptureOrder(body), { audit, claim }));
  }

  @Post(':id/release')
  @AdminAct({
    operationId: 'releaseHold',
    summary: 'Release a hold',
    description: 'Makes money that was set aside available again, in part or whole.',
    refusals: ['object_not_found', 'transition_not_allowed'],
    refusedIn: { state: 'captured', allowedActs: [] },
  })
  @IdParam('hld_1_1')
  @ApiBody({ type: ReleaseRequest })
  @ApiOkResponse({ type: HoldResponse, description: 'The hold.' })
  async release(
    @TenantId('hld') hold: TenantObject,
    @Command(ReleaseRequest) { body, call, audit }: CommandInput<ReleaseRequest>,
  ): Promise<HoldResponse> {
    const claim = claimOf(call, 200, presentHold);
    return presentHold(await this.holds.release(hold, body.amount ?? null, { audit, claim }));
  }
}
