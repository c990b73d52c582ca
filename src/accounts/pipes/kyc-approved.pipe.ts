import { Injectable, type PipeTransform } from '@nestjs/common';
import { standingRefusal } from '../../customers/customer-standing.js';
import { CustomersService } from '../../customers/customers.service.js';
import { AppError } from '../../shared/app-error.js';
import type { Opening, WithStanding } from '../opening.js';

/** Early refusal of a customer who may not open accounts. Hands the standing on to the pipes that follow. */
@Injectable()
export class KycApprovedPipe implements PipeTransform<Opening, Promise<WithStanding>> {
  constructor(private readonly customers: CustomersService) {}

  async transform(opening: Opening): Promise<WithStanding> {
    const standing = await this.customers.findStanding(opening.platformId, opening.customerId);
    if (standing === null) throw new AppError('customer_not_allowed');
    const refusal = standingRefusal(standing);
    if (refusal !== null) throw new AppError(refusal);
    return { ...opening, standing };
  }
}
