import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { CallerRequest } from '../../../auth/caller.js';
import { type CustomerEligibility, eligibilityRefusal } from '../../../customers/customer-eligibility.js';
import { CustomersService } from '../../../customers/customers.service.js';
import { AppError } from '../../../shared/app-error.js';

/** A request whose customer has passed this guard. */
export interface EligibilityRequest extends CallerRequest {
  eligibility?: CustomerEligibility;
}

/** The standing that the guard found. @throws AppError customer_not_allowed where the guard is missing */
export function eligibilityOf(request: EligibilityRequest): CustomerEligibility {
  if (request.eligibility === undefined) throw new AppError('customer_not_allowed');
  return request.eligibility;
}

/**
 * Refuses a call for a customer whose KYC is not approved, for operations that need it and have no body. Where there is
 * a body, `KycApprovedPipe` does the same after the form of the body was checked.
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
