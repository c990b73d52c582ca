import { Injectable } from '@nestjs/common';
import type { AuditContext } from '../../audit/audit-context.js';
import type { AuditRecord } from '../../audit/audit-trail.service.js';
import type { AppError } from '../../shared/app-error.js';
import { toSystemId, toTenantId } from '../../shared/object-id.js';
import { judge } from '../../shared/rule.js';
import type { Verdict } from '../../shared/verdict.js';
import { type Opening, describeRequest } from './opening.js';
import { OpeningDryRun } from './opening-dry-run.service.js';
import { OPENING_RULES } from './opening-rules.js';

const ACTION = 'account.opening_refused';

/** Builds the audit entries of refused openings. */
@Injectable()
export class OpeningRefusals {
  constructor(private readonly dryRun: OpeningDryRun) {}

  /**
   * A validated opening that a rule refused. When the error has no verdicts (an early check stops at the first rule),
   * all rules are evaluated for the entry.
   */
  async describe(opening: Opening, error: AppError): Promise<AuditRecord> {
    return {
      platformId: opening.platformId,
      action: ACTION,
      outcome: 'refused',
      objectId: toTenantId('cus', opening.platformId, opening.customerId),
      audit: opening.audit,
      after: { ...describeRequest(opening), refusal: error.code },
      verdicts: error.details.verdicts ?? (await this.verdictsOn(opening)),
    };
  }

  /** An attempt that a guard refused before its customer or its fields were known. */
  describeAttempt(
    { platformId, audit }: { platformId: string; audit: AuditContext },
    error: AppError,
  ): AuditRecord {
    return {
      platformId,
      action: ACTION,
      outcome: 'refused',
      audit,
      objectId: toSystemId('plt', platformId),
      after: { refusal: error.code },
    };
  }

  /** `null`: the customer does not exist, so no rule can be evaluated. */
  private async verdictsOn(opening: Opening): Promise<Verdict[] | null> {
    const facts = await this.dryRun.factsOf(opening);
    return facts === null ? null : judge(OPENING_RULES[opening.channel], facts);
  }
}
