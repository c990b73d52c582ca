import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '../../shared/app-error.js';
import type { CallerRequest } from '../caller.js';

/**
 * Refuses a call by or for a suspended customer or platform. It runs behind the guards that find the caller and the
 * customer. Openings do not use it: their pipes and their deciding statement check the customer's eligibility, after
 * the form of the body.
 */
@Injectable()
export class NotSuspendedGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { user: caller, subject } = context.switchToHttp().getRequest<CallerRequest>();
    if (caller === undefined) throw new AppError('credentials_required');
    if (caller.suspension !== null) throw new AppError(caller.suspension);
    if (subject?.isSuspended === true) throw new AppError('customer_suspended');
    return true;
  }
}
