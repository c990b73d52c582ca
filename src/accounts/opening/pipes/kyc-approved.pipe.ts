import { Injectable, type PipeTransform } from '@nestjs/common';
import { eligibilityRefusal } from '../../../customers/customer-eligibility.js';
import { AppError } from '../../../shared/app-error.js';
import type { Opening, WithFacts } from '../opening.js';
import { OpeningDryRun } from '../opening-dry-run.service.js';
import { refusedEarly } from '../opening-rules.js';

/**
 * Refuses, before the opening transaction starts, a customer that may not open accounts. Adds the facts it read to the
 * opening, for the pipes after it.
 */
@Injectable()
export class KycApprovedPipe implements PipeTransform<Opening, Promise<WithFacts>> {
  constructor(private readonly dryRun: OpeningDryRun) {}

  async transform(opening: Opening): Promise<WithFacts> {
    const facts = await this.dryRun.factsOf(opening);
    if (facts === null) throw new AppError('customer_not_allowed');
    const refusal = eligibilityRefusal(facts);
    if (refusal !== null) throw refusedEarly(refusal, opening.channel, facts);
    return { ...opening, facts };
  }
}
