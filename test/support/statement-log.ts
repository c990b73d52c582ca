import type { DataSource, Logger, QueryRunner } from 'typeorm';

/** A statement that was sent, and its query runner; `undefined`: outside a transaction. */
export interface LoggedStatement {
  query: string;
  runner: QueryRunner | undefined;
}

/** Records the statements of a data source from now on. @returns the list, which grows */
export function logStatements(dataSource: DataSource): LoggedStatement[] {
  const sent: LoggedStatement[] = [];
  const recorder: Logger = {
    logQuery: (query, _parameters, runner) => sent.push({ query: query.trim(), runner }),
    logQueryError: () => undefined,
    logQuerySlow: () => undefined,
    logSchemaBuild: () => undefined,
    logMigration: () => undefined,
    log: () => undefined,
  };
  dataSource.logger = recorder;
  return sent;
}
