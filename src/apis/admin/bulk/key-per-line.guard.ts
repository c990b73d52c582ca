import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import { countHeader, type HeaderCarrier } from '../../../auth/headers.js';
import { AppError } from '../../../shared/app-error.js';

/**
 * Refuses the header `Idempotency-Key` on a bulk call. No response is stored for the call as a whole, so the header
 * would have no effect. Each line has its own key.
 */
@Injectable()
export class KeyPerLineGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<HeaderCarrier>();
    if (countHeader(request, 'idempotency-key') === 0) return true;
    const message = 'is a field of each line here, and no header';
    const field = { path: 'Idempotency-Key', constraint: 'unknown' as const, message, invalidValue: null };
    throw new AppError('validation_failed', { fields: [field] });
  }
}
