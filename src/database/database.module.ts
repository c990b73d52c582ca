import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Environment } from '../config/env.js';
import { ChangeFeed } from './change-feed.service.js';
import { dataSourceOptions } from './data-source-options.js';
import { Reseal } from './reseal.service.js';
import { UnitOfWork } from './unit-of-work.js';

/** The connection, the unit of work and the change feed: what every part that keeps data needs. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Environment],
      useFactory: (env: Environment) => ({
        ...dataSourceOptions(env.databaseUrl, env.DATABASE_POOL_SIZE),
        // The server is known to answer by now (main.ts migrated it), so the first failure is the real one.
        retryAttempts: 0,
      }),
    }),
  ],
  providers: [UnitOfWork, ChangeFeed, Reseal],
  exports: [UnitOfWork, ChangeFeed, Reseal],
})
export class DatabaseModule {}
