import { applyDecorators, Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { JurisdictionPreview } from '../../../accounts/jurisdiction-preview.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import { JURISDICTION_LIST, JurisdictionsService } from '../../../jurisdictions/jurisdictions.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import { AdminChange, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { Code, CodeParam, CurrencyInPath } from '../path-ids.js';
import {
  CreateJurisdictionRequest,
  JurisdictionResponse,
  presentJurisdiction,
  presentPreview,
  PreviewRequest,
  PreviewResponse,
} from './jurisdiction.dto.js';

/** The example fills both lists: a preview changes nothing. */
const PREVIEW_EXAMPLES = { change: { value: { enable: ['GBP'], disable: ['USD'] } } };

const CurrencyParams = (): MethodDecorator =>
  applyDecorators(
    CodeParam('The jurisdiction’s code.', 'DE'),
    ApiParam({
      name: 'currency',
      description: 'The currency’s code, such as `GBP`.',
      schema: { type: 'string' },
    }),
  );

@ApiTags('Jurisdictions')
@Controller('admin/jurisdictions')
export class AdminJurisdictionsController {
  constructor(
    private readonly jurisdictions: JurisdictionsService,
    private readonly previews: JurisdictionPreview,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'listJurisdictions',
    summary: 'List jurisdictions',
    description: 'With the currencies enabled in each.',
    refusals: ['validation_failed'],
  })
  @ListDocs(JURISDICTION_LIST, JurisdictionResponse)
  async list(@List(JURISDICTION_LIST) query: ListQuery): Promise<PageResponse<JurisdictionResponse>> {
    return presentPage(await this.jurisdictions.list(query), query, presentJurisdiction);
  }

  @Post()
  @AdminCreate({
    operationId: 'createJurisdiction',
    summary: 'Create a jurisdiction',
    description: 'It begins without a currency.',
    refusals: ['name_taken'],
  })
  @ApiBody({ type: CreateJurisdictionRequest })
  @ApiCreatedResponse({ type: JurisdictionResponse, description: 'The jurisdiction.' })
  async create(
    @Command(CreateJurisdictionRequest) { body, call, audit }: CommandInput<CreateJurisdictionRequest>,
  ): Promise<JurisdictionResponse> {
    const { code, name } = body;
    const claim = claimOf(call, 201, presentJurisdiction);
    return presentJurisdiction(
      await this.jurisdictions.create({ code, name: name.trim() }, { audit, claim }),
    );
  }

  @Get(':code')
  @AdminRead({
    operationId: 'getJurisdiction',
    summary: 'Get a jurisdiction',
    description: 'One jurisdiction.',
    refusals: ['object_not_found'],
  })
  @CodeParam('Its code.', 'DE')
  @ApiOkResponse({ type: JurisdictionResponse, description: 'The jurisdiction.' })
  async get(@Code('jur') code: string): Promise<JurisdictionResponse> {
    return presentJurisdiction(await this.jurisdictions.get(code));
  }

  @Post(':code/preview')
  @HttpCode(200)
  @AdminRead({
    operationId: 'previewCurrencyChange',
    summary: 'Preview a change of currencies',
    description: 'Lists the customers and accounts that a planned change would affect. Changes nothing.',
    refusals: [
      'object_not_found',
      'validation_failed',
      'body_malformed',
      'media_type_unsupported',
      'payload_too_large',
      'request_timeout',
    ],
  })
  @CodeParam('Its code.', 'DE')
  @ApiBody({ type: PreviewRequest, examples: PREVIEW_EXAMPLES })
  @ApiOkResponse({ type: PreviewResponse, description: 'Customers and accounts that it would affect.' })
  async preview(
    @Code('jur') code: string,
    @Command(PreviewRequest) { body }: CommandInput<PreviewRequest>,
  ): Promise<PreviewResponse> {
    const { enable = [], disable = [] } = body;
    return presentPreview(await this.previews.preview(code, { enable, disable }));
  }

  @Put(':code/currencies/:currency')
  @AdminChange({
    operationId: 'enableJurisdictionCurrency',
    summary: 'Enable a currency in a jurisdiction',
    description: 'In force at once for every opening. What is enabled stays so.',
    refusals: ['object_not_found'],
  })
  @CurrencyParams()
  @ReasonBody()
  @ApiOkResponse({ type: JurisdictionResponse, description: 'The jurisdiction.' })
  async enable(
    @Code('jur') code: string,
    @CurrencyInPath() currencyCode: string,
    @Command(ReasonRequest) { audit }: CommandInput<ReasonRequest>,
  ): Promise<JurisdictionResponse> {
    const change = { currencyCode, enabled: true };
    return presentJurisdiction(
      await this.jurisdictions.setCurrencyEnabled(code, change, { audit, claim: null }),
    );
  }

  @Delete(':code/currencies/:currency')
  @AdminChange({
    operationId: 'disableJurisdictionCurrency',
    summary: 'Disable a currency in a jurisdiction',
    description:
      'In force at once for every opening. Accounts stay; the owner API hides them until it is enabled again.',
    refusals: ['object_not_found'],
  })
  @CurrencyParams()
  @ReasonBody()
  @ApiOkResponse({ type: JurisdictionResponse, description: 'The jurisdiction.' })
  async disable(
    @Code('jur') code: string,
    @CurrencyInPath() currencyCode: string,
    @Command(ReasonRequest) { audit }: CommandInput<ReasonRequest>,
  ): Promise<JurisdictionResponse> {
    const change = { currencyCode, enabled: false };
    return presentJurisdiction(
      await this.jurisdictions.setCurrencyEnabled(code, change, { audit, claim: null }),
    );
  }
}
