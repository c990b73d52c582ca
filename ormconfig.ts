import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readDatabaseUrl } from './src/config/env.js';
import { dataSourceOptions } from './src/database/data-source-options.js';

/** What `npm run migration:run|revert|generate|show` works on: the server of DATABASE_URL. */
export const dataSource = new DataSource(dataSourceOptions(readDatabaseUrl(process.env), 1));
