import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readDatabaseUrl } from './src/config/env.js';
import { dataSourceOptions } from './src/database/data-source-options.js';

/** The data source of `npm run migration:run|revert|generate|show`: the database of DATABASE_URL. */
export const dataSource = new DataSource(dataSourceOptions(readDatabaseUrl(process.env), 1));
