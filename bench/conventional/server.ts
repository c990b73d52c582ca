import 'reflect-metadata';
import { Module, ValidationPipe } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountsController } from './accounts.controller.js';
import { ConventionalAccountsService } from './accounts.service.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { CONVENTIONAL_ENTITIES, ConventionalCredential } from './entities.js';

/** The same opening in a conventional design: NestJS on Express, TypeORM, one query for each check and row. */
@Module({
  imports: [
    TypeOrmModule.forRoot({
      type: 'postgres',
      url: process.env.DATABASE_URL ?? '',
      entities: CONVENTIONAL_ENTITIES,
      synchronize: false,
      poolSize: 10,
    }),
    TypeOrmModule.forFeature([ConventionalCredential]),
  ],
  controllers: [AccountsController],
  providers: [ConventionalAccountsService, ApiKeyGuard],
})
class ConventionalModule {}

async function main(): Promise<void> {
  const app = await NestFactory.create(ConventionalModule);
  app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
  app.enableShutdownHooks();
  await app.listen(0, '127.0.0.1');
  process.stdout.write(`ready on ${await app.getUrl()}\n`);
}

void main();
