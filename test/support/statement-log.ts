import type { DataSource, Logger, QueryRunner } from 'typeorm';

/** A statement that was sent, and the connection's runner; `undefined`: outside of any transaction. */
export interface LoggedStatement {
  query: string;
  runner: QueryRunner | undefined;
}

/** Has a database's statements written down from now on. @returns the list, which grows */
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
