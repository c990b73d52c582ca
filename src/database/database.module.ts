import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { Environment } from '../config/env.js';
import { ChangeFeed } from './change-feed.service.js';
import { dataSourceOptions } from './data-source-options.js';
import { Reseal } from './reseal.service.js';
import { UnitOfWork } from './unit-of-work.js';

/** The connection, the unit of work and the change feed, for every module that stores data. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Environment],
      useFactory: (env: Environment) => ({
        ...dataSourceOptions(env.databaseUrl, env.DATABASE_POOL_SIZE, env.isPooled ? 'pooler' : 'direct'),
        // main.ts has migrated the database, so the server is known to respond; on a busy machine it may be late.
        retryAttempts: 2,
        retryDelay: 100,
      }),
    }),
  ],
  providers: [UnitOfWork, ChangeFeed, Reseal],
  exports: [UnitOfWork, ChangeFeed, Reseal],
})
export class DatabaseModule {}
