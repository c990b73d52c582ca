import { Injectable, type PipeTransform } from '@nestjs/common';
import type { PlatformAmendment } from '../../../accounts/lifecycle/account-amendments.service.js';
import type { AccountName } from '../../../accounts/reading/account-lookups.service.js';
import type { AuditContext } from '../../../audit/audit-context.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, subjectOf } from '../../../http/call.decorator.js';
import { EmailAddress, Text } from '../../../http/request-properties.js';
import { AppError } from '../../../shared/app-error.js';
import { isIdentifier } from '../../../shared/identifier.js';
import {
  addressesOf,
  FundingNotificationRequest,
  FundingNotifications,
} from '../../../http/platform-account.form.js';

export class AmendPlatformAccountRequest {
  @Text('nullable', {
    description: 'For people. No emoji. Null keeps it.',
    example: 'Acme operating',
    min: 5,
    max: 100,
  })
  displayName?: string | null;

  @EmailAddress('nullable', {
    description: 'The account’s representative. Null keeps it.',
    example: 'ops@example.com',
  })
  contactEmail?: string | null;

  @FundingNotifications('nullable', 'Replaces the whole list; an empty one clears it, null keeps it.')
  fundingNotification?: FundingNotificationRequest[] | null;
}

export interface AmendCommand {
  selection: AccountName;
  change: PlatformAmendment;
  audit: AuditContext;
}

/** Checks the body's form and finds what it is about: an account of the customer in the path. */
@Injectable()
export class AmendPlatformAccountPipe implements PipeTransform<CallContext, AmendCommand> {
  transform(call: CallContext): AmendCommand {
    const { displayName, contactEmail, fundingNotification } = readBody(AmendPlatformAccountRequest, call);
    const { accountIdentifier = '' } = call.request.params as { accountIdentifier?: string };
    if (!isIdentifier(accountIdentifier)) throw new AppError('account_not_found');
    return {
      selection: {
        platformId: call.caller.platformId,
        channel: 'platform',
        customerId: subjectOf(call).customerId,
        accountIdentifier: accountIdentifier.toLowerCase(),
      },
      change: {
        ...(typeof displayName === 'string' ? { displayName: displayName.trim() } : {}),
        ...(typeof contactEmail === 'string' ? { contactEmail } : {}),
        ...(Array.isArray(fundingNotification)
          ? { fundingNotificationEmails: addressesOf(fundingNotification) }
          : {}),
      },
      audit: auditContextOf(call),
    };
  }
}
