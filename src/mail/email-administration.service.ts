import { Injectable } from '@nestjs/common';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { Email } from '../entities/email.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { assertNextState } from '../shared/state-machine.js';
import { EmailQueries, type EmailView } from './email-queries.service.js';
import { EMAIL_MACHINE } from './email-machine.js';

/** Changes of e-mails by admins. */
@Injectable()
export class EmailAdministration {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly queries: EmailQueries,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Queues a `not_sent` or `failed` e-mail again. @throws AppError object_not_found, transition_not_allowed */
  async send(
    { platformId, id }: TenantObject,
    { audit, claim }: IdempotentCommand<EmailView>,
  ): Promise<EmailView> {
    return this.transaction.run(claim, async (tx) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const email = await tx.findOne(Email, { where: { platformId, id }, lock });
      if (email === null) throw new AppError('object_not_found');
      const status = assertNextState(EMAIL_MACHINE, email.status, 'send');
      const change = { status, attempts: 0, nextAttemptAt: this.clock.now(), completedAt: null };
      await tx.update(Email, { platformId, id }, change);
      await this.trail.append(tx, {
        platformId,
        action: 'email.queued',
        objectId: toTenantId('eml', platformId, id),
        audit,
        ...changeOf(email, change),
      });
      return this.queries.get({ platformId, id }, tx);
    });
  }
}
