import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { CallerRequest } from '../../auth/caller.js';
import { type CustomerStanding, standingRefusal } from '../../customers/customer-standing.js';
import { CustomersService } from '../../customers/customers.service.js';
import { AppError } from '../../shared/app-error.js';

/** A request whose customer this guard let through. */
export interface StandingRequest extends CallerRequest {
  standing?: CustomerStanding;
}

/** The standing that the guard found. @throws AppError customer_not_allowed where the guard is missing */
export function standingOf(request: StandingRequest): CustomerStanding {
  if (request.standing === undefined) throw new AppError('customer_not_allowed');
  return request.standing;
}

/**
 * Refuses a call for a customer whose KYC is not approved, for calls that need it and carry no body. Where
 * there is a body, `KycApprovedPipe` does the same after the body's form was checked.
 */
@Injectable()
export class KycApprovedGuard implements CanActivate {
  constructor(private readonly customers: CustomersService) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<StandingRequest>();
    const { user: caller, subject } = request;
    if (caller === undefined || subject === undefined) throw new AppError('credentials_required');
    const standing = await this.customers.findStanding(caller.platformId, subject.customerId);
    if (standing === null) throw new AppError('customer_not_allowed');
    const refusal = standingRefusal(standing);
    if (refusal !== null) throw new AppError(refusal);
    request.standing = standing;
    return true;
  }
}
