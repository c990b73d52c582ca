import { DataSource } from 'typeorm';
import { dataSourceOptions } from './data-source-options.js';

/** Runs work on connections of its own, which are closed afterwards. */
export async function withDataSource<T>(
  url: string,
  poolSize: number,
  work: (dataSource: DataSource) => Promise<T>,
): Promise<T> {
  const dataSource = await new DataSource(dataSourceOptions(url, poolSize)).initialize();
  try {
    return await work(dataSource);
  } finally {
    await dataSource.destroy();
  }
}
