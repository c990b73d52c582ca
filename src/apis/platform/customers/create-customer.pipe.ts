import { Injectable, type PipeTransform } from '@nestjs/common';
import type { CustomerRegistration } from '../../../customers/customer-registration.service.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, claimOf } from '../../../http/call.decorator.js';
import { CreateCustomerRequest } from './create-customer.request.js';
import { presentCustomer } from './customer.response.js';

/** Checks the body's form and makes it a registration. */
@Injectable()
export class CreateCustomerPipe implements PipeTransform<CallContext, CustomerRegistration> {
  transform(call: CallContext): CustomerRegistration {
    const { customerIdentifier, displayName } = readBody(CreateCustomerRequest, call);
    return {
      platformId: call.caller.platformId,
      identifier: customerIdentifier,
      displayName: displayName.trim(),
      audit: auditContextOf(call),
      claim: claimOf(call, 201, presentCustomer),
    };
  }
}
