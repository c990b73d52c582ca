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

/** What the audit trail says of refused openings. */
@Injectable()
export class OpeningRefusals {
  constructor(private readonly dryRun: OpeningDryRun) {}

  /** A wish that a rule refused. An early check stops at the first rule; the trail gets what all of them say. */
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

  /** An attempt that ended before it was known for which customer, or what for. */
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

  /** `null`: there is no such customer, and no rule to ask. */
  private async verdictsOn(opening: Opening): Promise<Verdict[] | null> {
    const facts = await this.dryRun.factsOf(opening);
    return facts === null ? null : judge(OPENING_RULES[opening.channel], facts);
  }
}
