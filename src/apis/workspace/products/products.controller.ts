import { Controller, Get } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ProductsService } from '../../../products/products.service.js';
import { SessionOperation } from '../workspace-operation.decorator.js';
import { presentProduct, WorkspaceProductResponse } from './product.response.js';

@ApiTags('Products')
@Controller('products')
export class WorkspaceProductsController {
  constructor(private readonly products: ProductsService) {}

  @Get()
  @SessionOperation('accounts:read', {
    operationId: 'listProducts',
    summary: 'List products',
    description: 'The products on offer. Which of them a workspace may open depends on where its holder is.',
    refusals: [],
  })
  @ApiOkResponse({ type: [WorkspaceProductResponse], description: 'By id.' })
  async list(): Promise<WorkspaceProductResponse[]> {
    const products = await this.products.listAvailable();
    return products.map(presentProduct);
  }
}
