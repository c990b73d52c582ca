import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Batcher } from '../concurrency/batcher.js';
import { type PreparedStatement, runPrepared } from '../database/prepared.js';
import { type RowColumn, rowsParameters, rowsSql } from '../database/row-columns.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { judge } from '../shared/rule.js';
import type { Verdict } from '../shared/verdict.js';
import { capReachedSql, customerSql, factsSql, referenceSql, WISH_COLUMNS } from './account-opening.sql.js';
import { twinSql } from './duplicates.sql.js';
import type { Opening } from './opening.js';
import { OPENING_RULES, type OpeningFacts } from './policies/opening-rules.js';

export interface Rehearsal {
  wouldOpen: boolean;
  /** What every rule says, in the order of refusal. */
  verdicts: Verdict[];
}

const COLUMNS: readonly RowColumn<Opening>[] = [
  ...WISH_COLUMNS,
  { name: 'channel', type: 'text', of: ({ channel }) => channel },
  {
    name: 'account_identifier',
    type: 'text',
    of: (wish) => (wish.channel === 'platform' ? wish.accountIdentifier : null),
  },
  {
    name: 'workspace_id',
    type: 'bigint',
    of: (wish) => (wish.channel === 'workspace' ? wish.workspaceId : null),
  },
  { name: 'alias', type: 'text', of: (wish) => (wish.channel === 'workspace' ? wish.alias : null) },
];

/** What the rules need of some wishes (`$1` the time, then the rows), and what is counted, without a lock. */
const REHEARSE: PreparedStatement = {
  name: 'rehearse-openings',
  text: `WITH wish AS MATERIALIZED (
    SELECT asked.*, currency.code AS currency_code, product.duplicate_rule
    FROM ${rowsSql(COLUMNS, 2, 'asked')} ${referenceSql({ product: 'asked.product_id', currency: 'asked.currency' })}
  )
  SELECT wish.number::int, ${factsSql('$1')}, ${twinSql('wish')} AS duplicate,
    ${capReachedSql('product.max_accounts_per_customer')} AS "capReached"
  FROM wish
  CROSS JOIN LATERAL (${customerSql('wish')}) c
  JOIN platforms p ON p.id = c.platform_id
  ${referenceSql({ product: 'wish.product_id', currency: 'wish.currency' })}`,
};

type RehearsedRow = Omit<OpeningFacts, 'allowedCurrencies'> & { number: number };

/** Asks every rule of an opening and writes nothing. Early knowledge only: the opening itself decides. */
@Injectable()
export class OpeningRehearsal {
  private readonly batcher = new Batcher<Opening, OpeningFacts | null>({
    execute: async (openings) => (await this.read(openings)).map((result) => ({ result })),
    queueOf: ({ platformId }) => platformId,
  });

  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** What the rules need; `null`: there is no such customer. */
  async factsOf(opening: Opening): Promise<OpeningFacts | null> {
    return this.batcher.submit(opening);
  }

  /** @throws AppError customer_not_allowed when there is no such customer */
  async rehearse(opening: Opening): Promise<Rehearsal> {
    const facts = await this.factsOf(opening);
    if (facts === null) throw new AppError('customer_not_allowed');
    const verdicts = judge(OPENING_RULES[opening.channel], facts);
    return { wouldOpen: verdicts.every(({ passed }) => passed), verdicts };
  }

  private async read(openings: readonly Opening[]): Promise<(OpeningFacts | null)[]> {
    const parameters = [this.clock.now(), ...rowsParameters(COLUMNS, openings)];
    const rows = await runPrepared<RehearsedRow>(this.dataSource.manager, REHEARSE, parameters);
    const byNumber = new Map(rows.map((row) => [row.number, row]));
    return openings.map(({ allowedCurrencies }, index) => {
      const row = byNumber.get(index + 1);
      return row === undefined ? null : { ...row, allowedCurrencies };
    });
  }
}
