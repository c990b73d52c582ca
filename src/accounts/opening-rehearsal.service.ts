import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { judge } from '../shared/rule.js';
import type { Verdict } from '../shared/verdict.js';
import { REHEARSE_SQL } from './account-opening.sql.js';
import type { Opening } from './opening.js';
import { OPENING_RULES, type OpeningFacts } from './policies/opening-rules.js';

export interface Rehearsal {
  wouldOpen: boolean;
  /** What every rule says, in the order of refusal. */
  verdicts: Verdict[];
}

/** Asks every rule of an opening and writes nothing. */
@Injectable()
export class OpeningRehearsal {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
  ) {}

  /** @throws AppError customer_not_allowed when there is no such customer */
  async rehearse(opening: Opening, on: EntityManager = this.dataSource.manager): Promise<Rehearsal> {
    const ofProduct = opening.channel === 'workspace';
    const rows = await on.query<Omit<OpeningFacts, 'allowedCurrencies'>[]>(REHEARSE_SQL, [
      opening.platformId,
      opening.customerId,
      ofProduct ? null : opening.currencyCode,
      ofProduct ? opening.productId : null,
      opening.channel,
      opening.channel === 'platform' ? opening.accountIdentifier : null,
      ofProduct ? opening.workspaceId : null,
      ofProduct ? opening.alias : null,
      this.clock.now(),
    ]);
    const row = rows[0];
    if (row === undefined) throw new AppError('customer_not_allowed');
    const { allowedCurrencies } = opening;
    const verdicts = judge(OPENING_RULES[opening.channel], { ...row, allowedCurrencies });
    return { wouldOpen: verdicts.every(({ passed }) => passed), verdicts };
  }
}
