import { type CallHandler, type ExecutionContext, Injectable, type NestInterceptor } from '@nestjs/common';
import type { Observable } from 'rxjs';
import type { CallerRequest } from '../auth/caller.js';
import { Door, type VisitingRequest } from './door.service.js';

/** Tells the door whose a request is, once a guard has found out. Before anything else is done for it. */
@Injectable()
export class AdmissionInterceptor implements NestInterceptor {
  constructor(private readonly door: Door) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const request = context.switchToHttp().getRequest<CallerRequest & VisitingRequest>();
    if (request.user !== undefined) this.door.prove(request, request.user);
    return next.handle();
  }
}
