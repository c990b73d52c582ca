import { Controller, Get, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { claimOf } from '../../../http/call.decorator.js';
import {
  PRODUCT_TRANSITIONS,
  PRODUCT_LIST,
  PRODUCT_MACHINE,
  type ProductTransition,
  ProductAdministration,
} from '../../../products/product-administration.service.js';
import type { ListQuery } from '../../../shared/listing.js';
import { describeMachine, refusalIn } from '../../../shared/state-machine.js';
import { AdminAct, AdminChange, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { assertSomething, Command, given, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { TransitionName, TransitionParams, SystemId, IdParam } from '../path-ids.js';
import {
  AdminProductResponse,
  AmendProductRequest,
  CreateProductRequest,
  presentProduct,
} from './product.dto.js';

@ApiTags('Products')
@Controller('admin/products')
export class AdminProductsController {
  constructor(private readonly products: ProductAdministration) {}

  @Get()
  @AdminRead({
    operationId: 'listProducts',
    summary: 'List products',
    description: 'The kinds of account that workspaces may open, and those they could once.',
    refusals: ['validation_failed'],
  })
  @ListDocs(PRODUCT_LIST, AdminProductResponse)
  async list(@List(PRODUCT_LIST) query: ListQuery): Promise<PageResponse<AdminProductResponse>> {
    return presentPage(await this.products.list(query), query, presentProduct);
  }

  @Post()
  @AdminCreate({
    operationId: 'createProduct',
    summary: 'Create a product',
    description: 'Offered at once wherever its currency is enabled.',
    refusals: ['name_taken'],
  })
  @ApiBody({ type: CreateProductRequest })
  @ApiCreatedResponse({ type: AdminProductResponse, description: 'The product.' })
  async create(
    @Command(CreateProductRequest) { body, call, audit }: CommandInput<CreateProductRequest>,
  ): Promise<AdminProductResponse> {
    const { currency: currencyCode, maxAccountsPerCustomer = null } = body;
    const { duplicateRule = 'one_per_product_and_alias' } = body;
    const texts = { name: body.name.trim(), description: body.description.trim() };
    const wanted = { ...texts, currencyCode, maxAccountsPerCustomer, duplicateRule };
    return presentProduct(
      await this.products.create(wanted, { audit, claim: claimOf(call, 201, presentProduct) }),
    );
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getProduct',
    summary: 'Get a product',
    description: 'One product.',
    refusals: ['object_not_found'],
  })
  @IdParam('prd_7')
  @ApiOkResponse({ type: AdminProductResponse, description: 'The product.' })
  async get(@SystemId('prd') id: string): Promise<AdminProductResponse> {
    return presentProduct(await this.products.get(Number(id)));
  }

  @Patch(':id')
  @AdminChange({
    operationId: 'changeProduct',
    summary: 'Change a product',
    description:
      'What is missing stays as it is. A new cap or duplicate rule counts for later openings; accounts that stand ' +
      'are left as they are.',
    refusals: ['object_not_found', 'name_taken'],
  })
  @IdParam('prd_7')
  @ApiBody({ type: AmendProductRequest })
  @ApiOkResponse({ type: AdminProductResponse, description: 'The product.' })
  async amend(
    @SystemId('prd') id: string,
    @Command(AmendProductRequest) { body, audit }: CommandInput<AmendProductRequest>,
  ): Promise<AdminProductResponse> {
    const { name, description, maxAccountsPerCustomer, duplicateRule } = body;
    const texts = { name: name?.trim(), description: description?.trim() };
    const change = given({ ...texts, maxAccountsPerCustomer, duplicateRule });
    assertSomething(change);
    return presentProduct(await this.products.amend(Number(id), change, { audit, claim: null }));
  }

  @Post(':id/:act')
  @AdminAct({
    operationId: 'actOnProduct',
    summary: 'Retire a product or offer it again',
    description: `Accounts of a retired product stay.\n\n${describeMachine(PRODUCT_MACHINE)}`,
    refusals: ['object_not_found', 'route_not_found', 'transition_not_allowed'],
    refusedIn: refusalIn(PRODUCT_MACHINE, 'retired'),
  })
  @TransitionParams(PRODUCT_TRANSITIONS, 'prd_7')
  @ReasonBody()
  @ApiOkResponse({ type: AdminProductResponse, description: 'The product.' })
  async do(
    @SystemId('prd') id: string,
    @TransitionName(PRODUCT_TRANSITIONS) productAct: ProductTransition,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
  ): Promise<AdminProductResponse> {
    const claim = claimOf(call, 200, presentProduct);
    return presentProduct(await this.products.do(Number(id), productAct, { audit, claim }));
  }
}
