import { Module } from '@nestjs/common';
import { CurrenciesModule } from '../currencies/currencies.module.js';
import { ProductsService } from './products.service.js';

@Module({ imports: [CurrenciesModule], providers: [ProductsService], exports: [ProductsService] })
export class ProductsModule {}
