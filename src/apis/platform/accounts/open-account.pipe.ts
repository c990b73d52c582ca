import { Injectable, type PipeTransform } from '@nestjs/common';
import type { PlatformOpening } from '../../../accounts/opening/opening.js';
import { OpeningRefusals } from '../../../accounts/opening/opening-refusals.service.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, claimOf, subjectOf } from '../../../http/call.decorator.js';
import { presentAccount } from './account.response.js';
import { addressesOf, DEFAULT_PLATFORM_CURRENCY } from '../../../http/platform-account.form.js';
import { OpenPlatformAccountRequest } from './open-account.request.js';

/** Checks the body's form and makes it an opening. */
@Injectable()
export class OpenPlatformAccountPipe implements PipeTransform<CallContext, PlatformOpening> {
  constructor(private readonly refusals: OpeningRefusals) {}

  transform(call: CallContext): PlatformOpening {
    const body = readBody(OpenPlatformAccountRequest, call);
    const opening: PlatformOpening = {
      channel: 'platform',
      platformId: call.caller.platformId,
      customerId: subjectOf(call).customerId,
      accountIdentifier: body.accountIdentifier.toLowerCase(),
      displayName: body.displayName.trim(),
      contactEmail: body.contactEmail,
      currencyCode: body.currencyCode ?? DEFAULT_PLATFORM_CURRENCY,
      fundingNotificationEmails: addressesOf(body.fundingNotification),
      audit: auditContextOf(call),
      allowedCurrencies: call.caller.allowedCurrencies,
      claim: claimOf(call, 201, presentAccount),
    };
    call.request.describeRefusal = (error) => this.refusals.describe(opening, error);
    return opening;
  }
}
