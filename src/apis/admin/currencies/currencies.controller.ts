import { applyDecorators, Controller, Get, Post } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { CURRENCY_LIST, CurrenciesService } from '../../../currencies/currencies.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import type { ListQuery } from '../../../shared/listing.js';
import { AdminAct, AdminRead } from '../admin-operation.decorator.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { TransitionName, Code, CodeParam } from '../path-ids.js';
import { AdminCurrencyResponse, presentCurrency } from './currency.dto.js';

const ACTS = ['enable', 'disable'] as const;

const CurrencyActParams = (): MethodDecorator =>
  applyDecorators(
    CodeParam('Its code.', 'ZAR'),
    ApiParam({ name: 'act', description: 'What to do.', schema: { type: 'string', enum: [...ACTS] } }),
  );

@ApiTags('Currencies')
@Controller('admin/currencies')
export class AdminCurrenciesController {
  constructor(private readonly currencies: CurrenciesService) {}

  @Get()
  @AdminRead({
    operationId: 'listCurrencies',
    summary: 'List currencies',
    description: 'All active codes of ISO 4217, and the digital ones of this bank.',
    refusals: ['validation_failed'],
  })
  @ListDocs(CURRENCY_LIST, AdminCurrencyResponse)
  async list(@List(CURRENCY_LIST) query: ListQuery): Promise<PageResponse<AdminCurrencyResponse>> {
    return presentPage(await this.currencies.list(query), query, presentCurrency);
  }

  @Get(':code')
  @AdminRead({
    operationId: 'getCurrency',
    summary: 'Get a currency',
    description: 'One currency.',
    refusals: ['object_not_found'],
  })
  @CodeParam('Its code.', 'ZAR')
  @ApiOkResponse({ type: AdminCurrencyResponse, description: 'The currency.' })
  async get(@Code('cur') code: string): Promise<AdminCurrencyResponse> {
    return presentCurrency(await this.currencies.find(code));
  }

  @Post(':code/:act')
  @AdminAct({
    operationId: 'actOnCurrency',
    summary: 'Enable or disable a currency',
    description:
      'In every jurisdiction at once. Accounts in a disabled currency stay, but the owner API hides them until it ' +
      'is enabled again.',
    refusals: ['object_not_found', 'route_not_found', 'transition_not_allowed'],
    refusedIn: { state: 'enabled', allowedActs: ['disable'] },
  })
  @CurrencyActParams()
  @ReasonBody()
  @ApiOkResponse({ type: AdminCurrencyResponse, description: 'The currency.' })
  async do(
    @Code('cur') code: string,
    @TransitionName(ACTS) currencyAct: (typeof ACTS)[number],
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<AdminCurrencyResponse> {
    const claim = claimOf(call, 200, presentCurrency);
    return presentCurrency(
      await this.currencies.setEnabled(code, currencyAct === 'enable', { audit, claim }),
    );
  }
}
