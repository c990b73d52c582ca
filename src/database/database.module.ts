import { Global, Logger, Module } from '@nestjs/common';
import { TypeOrmModule, type TypeOrmModuleOptions } from '@nestjs/typeorm';
import { Environment } from '../config/env.js';
import { ChangeFeed } from './change-feed.service.js';
import { dataSourceOptions } from './data-source-options.js';
import { Reseal } from './reseal.service.js';
import { UnitOfWork } from './unit-of-work.js';
import type { WriterClientConfig } from './writer-client.js';

function optionsOf(env: Environment): TypeOrmModuleOptions {
  const route = env.isPooled ? 'pooler' : 'direct';
  const options = dataSourceOptions(env.databaseUrl, env.DATABASE_POOL_SIZE, route);
  const logger = new Logger('Database');
  const onLost: WriterClientConfig['onLost'] = ({ message }) => {
    logger.warn(`a connection to the database is lost: ${message}`);
  };
  return {
    ...options,
    extra: { ...(options.extra as object), onLost },
    // main.ts has migrated the database, so the server is known to respond; on a busy machine it may be late.
    retryAttempts: 2,
    retryDelay: 100,
  };
}

/** The connection, the unit of work and the change feed, for every module that stores data. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [Environment],
      useFactory: optionsOf,
    }),
  ],
  providers: [UnitOfWork, ChangeFeed, Reseal],
  exports: [UnitOfWork, ChangeFeed, Reseal],
})
export class DatabaseModule {}
