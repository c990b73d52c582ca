import { Injectable } from '@nestjs/common';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { EmailAddress } from '../entities/email-address.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { type TenantObject, toTenantId } from '../shared/object-id.js';
import { EmailAddressQueries, type EmailAddressView } from './email-address-queries.service.js';

const UNDECIDED = {
  status: 'unconfirmed',
  confirmations: 0,
  confirmationSentAt: null,
  decidedAt: null,
} as const;

/** Changes of addresses by admins. An admin cannot confirm: only the owner of the address can. */
@Injectable()
export class EmailAddressAdministration {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly queries: EmailAddressQueries,
    private readonly trail: AuditTrail,
  ) {}

  /** Forgets what was decided, and how often the address was asked. @throws AppError object_not_found */
  async reset(
    { platformId, id }: TenantObject,
    { audit, claim }: IdempotentCommand<EmailAddressView>,
  ): Promise<EmailAddressView> {
    return this.transaction.run(claim, async (tx) => {
      const lock = { mode: 'pessimistic_write' } as const;
      const address = await tx.findOne(EmailAddress, { where: { platformId, id }, lock });
      if (address === null) throw new AppError('object_not_found');
      await tx.update(EmailAddress, { platformId, id }, UNDECIDED);
      await this.trail.append(tx, {
        platformId,
        action: 'email_address.reset',
        objectId: toTenantId('ead', platformId, id),
        audit,
        ...changeOf<EmailAddress>(address, UNDECIDED),
      });
      return this.queries.get({ platformId, id }, tx);
    });
  }
}
