import { Injectable, type PipeTransform } from '@nestjs/common';
import { eligibilityRefusal } from '../../../customers/customer-eligibility.js';
import { AppError } from '../../../shared/app-error.js';
import type { Opening, WithFacts } from '../opening.js';
import { OpeningDryRun } from '../opening-dry-run.service.js';
import { refusedEarly } from '../opening-rules.js';

/** Refuses early for a customer that may not open accounts, and passes the facts it read to the pipes behind it. */
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
