import type { AdjustmentOrder } from '../../../payments/adjustments.service.js';
import type { OutsideOrder, TransferOrder } from '../../../payments/transfers.service.js';
import { tenantIdIn } from '../path-ids.js';
import { Amount, Choice, Day, Metadata, ObjectList, Text } from '../../../http/request-properties.js';
import { Reason } from '../properties.js';

const AMOUNT = {
  description: 'In major units, exact: no more decimals than the currency has.',
  example: 25.5,
};
export const MAX_LEGS = 100;

/** Details of a transfer. */
export class TransferDetailsRequest {
  @Text('optional', {
    description: 'Your own name for it, unique on the platform.',
    example: 'invoice-4711',
    min: 1,
    max: 100,
  })
  reference?: string;

  @Text('optional', { description: 'What it is, for people.', example: 'January invoice', min: 1, max: 500 })
  description?: string;

  @Day('optional', { description: 'The day it counts for; without it the day of posting, in UTC.' })
  effectiveDate?: string;

  @Metadata('optional')
  metadata?: Record<string, string>;
}

/** Money from or to the world outside. */
export class OutsideRequest extends TransferDetailsRequest {
  @Text('required', { description: 'The account.', example: 'acc_1_1', max: 50 })
  account!: string;

  @Amount('required', AMOUNT)
  amount!: number;

  @Reason()
  reason!: string;
}

/** One transfer of a journal. */
export class LegRequest extends TransferDetailsRequest {
  @Text('required', { description: 'The account that it leaves.', example: 'acc_1_1', max: 50 })
  from!: string;

  @Text('required', { description: 'The account that it reaches.', example: 'acc_1_2', max: 50 })
  to!: string;

  @Amount('required', AMOUNT)
  amount!: number;
}

export class TransferRequest extends LegRequest {
  @Reason()
  reason!: string;
}

export class JournalRequest {
  @ObjectList('required', {
    description: 'Posted one after the other, all or none.',
    items: LegRequest,
    min: 1,
    max: MAX_LEGS,
  })
  transfers!: LegRequest[];

  @Reason()
  reason!: string;
}

export class ReverseRequest {
  @Text('optional', { description: 'What it is, for people.', example: 'Paid twice', min: 1, max: 500 })
  description?: string;

  @Metadata('optional')
  metadata?: Record<string, string>;

  @Reason()
  reason!: string;
}

export class AdjustmentRequest {
  @Text('required', { description: 'The account.', example: 'acc_1_1', max: 50 })
  account!: string;

  @Choice('required', {
    description: 'Whether the account is given the amount or loses it.',
    values: ['credit', 'debit'],
    example: 'credit',
  })
  direction!: 'credit' | 'debit';

  @Amount('required', AMOUNT)
  amount!: number;

  @Text('optional', { description: 'What it is, for people.', example: 'Lost payment', min: 1, max: 500 })
  description?: string;

  @Day('optional', { description: 'The day it counts for; without it the day of posting, in UTC.' })
  effectiveDate?: string;

  @Reason()
  reason!: string;
}

type Details = Pick<OutsideOrder, 'reference' | 'description' | 'effectiveDate' | 'metadata'>;

export function toDetails({
  reference,
  description,
  effectiveDate,
  metadata,
}: TransferDetailsRequest): Details {
  return {
    reference: reference?.trim() ?? null,
    description: description?.trim() ?? null,
    effectiveDate: effectiveDate ?? null,
    metadata: metadata ?? {},
  };
}

export function toOutsideOrder(body: OutsideRequest): OutsideOrder {
  return { account: tenantIdIn('account', 'acc', body.account), amount: body.amount, ...toDetails(body) };
}

/** @param path JSON path of the transfer in the body */
export function toTransferOrder(body: LegRequest, path = ''): TransferOrder {
  return {
    from: tenantIdIn(`${path}from`, 'acc', body.from),
    to: tenantIdIn(`${path}to`, 'acc', body.to),
    amount: body.amount,
    ...toDetails(body),
  };
}

export function toAdjustmentOrder(body: AdjustmentRequest): AdjustmentOrder {
  const { direction, amount, description, effectiveDate } = body;
  return {
    account: tenantIdIn('account', 'acc', body.account),
    direction,
    amount,
    description: description?.trim() ?? null,
    effectiveDate: effectiveDate ?? null,
  };
}
