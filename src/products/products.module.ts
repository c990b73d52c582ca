import { Module } from '@nestjs/common';
import { CurrenciesModule } from '../currencies/currencies.module.js';
import { ProductAdministration } from './product-administration.service.js';
import { ProductsService } from './products.service.js';

const SERVICES = [ProductAdministration, ProductsService];

@Module({ imports: [CurrenciesModule], providers: SERVICES, exports: SERVICES })
export class ProductsModule {}
