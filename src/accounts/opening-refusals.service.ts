import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { ActContext } from '../audit/act.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import type { AppError } from '../shared/app-error.js';
import { toHouseId, toTenantId } from '../shared/object-id.js';
import { type Opening, wishOf } from './opening.js';
import { OpeningRehearsal } from './opening-rehearsal.service.js';

const ACTION = 'account.opening_refused';

/** Puts refused openings on the audit trail. */
@Injectable()
export class OpeningRefusals {
  constructor(
    private readonly trail: AuditTrail,
    private readonly rehearsal: OpeningRehearsal,
  ) {}

  /** A wish that a rule refused. An early check stops at the first rule; the trail gets what all of them say. */
  async record(tx: EntityManager, opening: Opening, error: AppError): Promise<void> {
    const verdicts = error.details.verdicts ?? (await this.rehearsal.rehearse(opening, tx)).verdicts;
    await this.trail.append(tx, {
      platformId: opening.platformId,
      action: ACTION,
      outcome: 'refused',
      objectId: toTenantId('cus', opening.platformId, opening.customerId),
      act: opening.act,
      after: { ...wishOf(opening), refusal: error.code },
      verdicts,
    });
  }

  /** An attempt that ended before it was known for which customer, or what for. */
  async recordAttempt(
    tx: EntityManager,
    { platformId, act }: { platformId: string; act: ActContext },
    error: AppError,
  ): Promise<void> {
    await this.trail.append(tx, {
      ...{ platformId, action: ACTION, outcome: 'refused', act },
      objectId: toHouseId('plt', platformId),
      after: { refusal: error.code },
    });
  }
}
