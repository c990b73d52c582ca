import { type CanActivate, type ExecutionContext, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { CallerRequest } from '../../auth/caller.js';
import { preferredMediaType } from '../../http/accept.js';
import { CustomersService } from '../../customers/customers.service.js';
import { AppError, type ErrorCode } from '../../shared/app-error.js';

type CustomerRequest = FastifyRequest<{ Params: { customerIdentifier?: string } }> & CallerRequest;

/** Refuses a client that cannot take JSON. */
@Injectable()
export class AcceptsJsonGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { accept } = context.switchToHttp().getRequest<FastifyRequest>().headers;
    if (preferredMediaType(accept, ['application/json']) === null) throw new AppError('not_acceptable');
    return true;
  }
}

/** Finds the customer of the path on the caller's platform; `absent` answers for one that is not there. */
class CustomerGuard implements CanActivate {
  constructor(
    private readonly customers: CustomersService,
    private readonly absent: ErrorCode,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const request = context.switchToHttp().getRequest<CustomerRequest>();
    const identifier = request.params.customerIdentifier;
    if (request.user === undefined || identifier === undefined) throw new AppError('credentials_required');
    const customer = await this.customers.findNamed(request.user.platformId, identifier);
    if (customer === null) throw new AppError(this.absent);
    request.subject = { customerId: customer.id, isSuspended: customer.status === 'suspended' };
    return true;
  }
}

/** For opening, whose contract has no 404: a 403 does not reveal whether a customer exists. */
@Injectable()
export class CustomerAllowedGuard extends CustomerGuard {
  constructor(customers: CustomersService) {
    super(customers, 'customer_not_allowed');
  }
}

/** For reading. */
@Injectable()
export class CustomerFoundGuard extends CustomerGuard {
  constructor(customers: CustomersService) {
    super(customers, 'customer_not_found');
  }
}
