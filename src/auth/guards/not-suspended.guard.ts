import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { AppError } from '../../shared/app-error.js';
import type { CallerRequest } from '../caller.js';

/**
 * Refuses a call by, or for, a customer or a platform that is suspended. Stands behind the guards that find the caller
 * and the customer. Openings do without: their pipes and their deciding statement refuse by the customer's standing,
 * after the body's form was checked.
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
