import 'reflect-metadata';
import { DataSource } from 'typeorm';
import { readDatabaseUrl } from '../config/env.js';
import { dataSourceOptions } from './data-source-options.js';

/** What `npm run migration:…` works on. */
export const dataSource = new DataSource(dataSourceOptions(readDatabaseUrl(process.env), 1));
