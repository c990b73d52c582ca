import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { CallerRequest } from '../../../auth/caller.js';
import { type CustomerEligibility, eligibilityRefusal } from '../../../customers/customer-eligibility.js';
import { CustomersService } from '../../../customers/customers.service.js';
import { AppError } from '../../../shared/app-error.js';

/** A request that passed this guard has `eligibility` set. */
export interface EligibilityRequest extends CallerRequest {
  eligibility?: CustomerEligibility;
}

/** The eligibility that the guard read. @throws AppError customer_not_allowed when the route lacks the guard */
export function eligibilityOf(request: EligibilityRequest): CustomerEligibility {
  if (request.eligibility === undefined) throw new AppError('customer_not_allowed');
  return request.eligibility;
}

/**
 * Refuses a request for a customer without an approved KYC. For routes without a body; on routes with a body
 * `KycApprovedPipe` does the same after the body was validated.
 */
@Injectable()
export class KycApprovedGuard implements CanActivate {
  constructor(private readonly customers: CustomersService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<EligibilityRequest>();
    const { user: caller, subject } = request;
    if (caller === undefined || subject === undefined) throw new AppError('credentials_required');
    const eligibility = await this.customers.findEligibility(caller.platformId, subject.customerId);
    if (eligibility === null) throw new AppError('customer_not_allowed');
    const refusal = eligibilityRefusal(eligibility);
    if (refusal !== null) throw new AppError(refusal);
    request.eligibility = eligibility;
    return true;
  }
}
