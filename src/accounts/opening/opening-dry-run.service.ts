import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Batcher } from '../../concurrency/batcher.js';
import { prepare, runPrepared } from '../../database/prepared.js';
import { type RowColumn, rowsParameters, rowsSql } from '../../database/row-columns.js';
import { AppError } from '../../shared/app-error.js';
import { Clock } from '../../shared/clock.js';
import { judge } from '../../shared/rule.js';
import type { Verdict } from '../../shared/verdict.js';
import {
  capReachedSql,
  customerSql,
  factsSql,
  referenceSql,
  REQUEST_COLUMNS,
} from './account-opening.sql.js';
import { duplicateSql } from './duplicates.sql.js';
import type { Opening } from './opening.js';
import { OPENING_RULES, type OpeningFacts } from './opening-rules.js';

export interface OpeningDryRunResult {
  wouldOpen: boolean;
  /** The verdict of every rule, in the order of refusal. */
  verdicts: Verdict[];
}

const COLUMNS: readonly RowColumn<Opening>[] = [
  ...REQUEST_COLUMNS,
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  {
    name: 'account_identifier',
    type: 'text',
    of: (opening) => (opening.channel === 'platform' ? opening.accountIdentifier : null),
  },
  {
    name: 'workspace_id',
    type: 'bigint',
    of: (opening) => (opening.channel === 'workspace' ? opening.workspaceId : null),
  },
  { name: 'alias', type: 'text', of: (opening) => (opening.channel === 'workspace' ? opening.alias : null) },
];

/** What the rules need of some requests (`$1` the time, then the rows), and what is counted, without a lock. */
const DRY_RUN = prepare(
  'dry-run-openings',
  `WITH request AS MATERIALIZED (
    SELECT asked.*, currency.code AS currency_code, product.duplicate_rule
    FROM ${rowsSql(COLUMNS, 2, 'asked')} ${referenceSql({ product: 'asked.product_id', currency: 'asked.currency' })}
  )
  SELECT request.number::int, ${factsSql('$1')}, ${duplicateSql('request')} AS duplicate,
    ${capReachedSql('product.max_accounts_per_customer')} AS "capReached"
  FROM request
  CROSS JOIN LATERAL (${customerSql('request')}) c
  JOIN platforms p ON p.id = c.platform_id
  ${referenceSql({ product: 'request.product_id', currency: 'request.currency' })}`,
);

type DryRunRow = Omit<OpeningFacts, 'allowedCurrencies'> & { number: number };

/**
 * Dry run: evaluates every rule of an opening and writes nothing. The result may be outdated when the opening runs,
 * which evaluates the rules again on locked rows.
 */
@Injectable()
export class OpeningDryRun {
  private readonly batcher = new Batcher<Opening, OpeningFacts | null>({
    execute: async (openings) => (await this.read(openings)).map((result) => ({ result })),
    queueOf: ({ platformId }) => platformId,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** The facts that the rules need; `null`: the customer does not exist. */
  async factsOf(opening: Opening): Promise<OpeningFacts | null> {
    return this.batcher.submit(opening);
  }

  /** @throws AppError customer_not_allowed when the customer does not exist */
  async run(opening: Opening): Promise<OpeningDryRunResult> {
    const facts = await this.factsOf(opening);
    if (facts === null) throw new AppError('customer_not_allowed');
    const verdicts = judge(OPENING_RULES[opening.channel], facts);
    return { wouldOpen: verdicts.every(({ passed }) => passed), verdicts };
  }

  private async read(openings: readonly Opening[]): Promise<(OpeningFacts | null)[]> {
    const parameters = [this.clock.now(), ...rowsParameters(COLUMNS, openings)];
    const rows = await runPrepared<DryRunRow>(this.dataSource.manager, DRY_RUN, parameters);
    const byNumber = new Map(rows.map((row) => [row.number, row]));
    return openings.map(({ allowedCurrencies }, index) => {
      const row = byNumber.get(index + 1);
      return row === undefined ? null : { ...row, allowedCurrencies };
    });
  }
}
