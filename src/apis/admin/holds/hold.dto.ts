import { HOLD_STATUSES, type HoldRecord } from '../../../ledger/reports/hold-queries.service.js';
import type { CaptureOrder, HoldOrder } from '../../../payments/holds.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { toTenantId } from '../../../shared/object-id.js';
import { tenantIdIn } from '../path-ids.js';
import { Amount, Flag, Metadata, Text, Time } from '../../../http/request-properties.js';
import {
  Reason,
  ResponseProperty,
  ResponseKind,
  ResponseMetadata,
  NullableResponseProperty,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';
import { toDetails, TransferDetailsRequest } from '../transfers/order.dto.js';

/** Money set aside. The three parts always make up the whole. */
export class HoldResponse {
  @ResponseKind('hold')
  object!: 'hold';

  @ResponseProperty('Its id.', 'hld_1_1')
  id!: string;

  @ResponseProperty('The account.', 'acc_1_1')
  account!: string;

  @ResponseProperty('Its currency.', 'USD')
  currency!: string;

  @ResponseProperty('What was set aside, in major units.', 25.5)
  amount!: number;

  @ResponseProperty('What was taken of it.', 0)
  captured!: number;

  @ResponseProperty('What was given back of it.', 0)
  released!: number;

  @ResponseProperty('What is still locked of it.', 25.5)
  remaining!: number;

  @ResponseProperty('Status of the account.', 'active', {
    enum: HOLD_STATUSES,
  })
  status!: string;

  @NullableResponseTime('When what remains is given back by itself.')
  expiresAt!: string | null;

  @NullableResponseProperty('The caller’s own name for it.', 'booking-4711')
  reference!: string | null;

  @NullableResponseProperty('What it is, for people.', 'Room, two nights')
  description!: string | null;

  @ResponseMetadata()
  metadata!: Record<string, string>;

  @ResponseTime('When it was placed.')
  createdAt!: string;

  @ResponseTime('When it last changed.')
  updatedAt!: string;
}

export class PlaceHoldRequest {
  @Text('required', { description: 'The account.', example: 'acc_1_1', max: 50 })
  account!: string;

  @Amount('required', { description: 'What to set aside, in major units, exact.', example: 25.5 })
  amount!: number;

  @Time('optional', { description: 'When what remains is given back; without it, never by itself.' })
  expiresAt?: string;

  @Text('optional', {
    description: 'Your own name for it, unique on the platform among holds.',
    example: 'booking-4711',
    min: 1,
    max: 100,
  })
  reference?: string;

  @Text('optional', { description: 'What it is, for people.', example: 'Room, two nights', min: 1, max: 500 })
  description?: string;

  @Metadata('optional')
  metadata?: Record<string, string>;

  @Reason()
  reason!: string;
}

export class CaptureRequest extends TransferDetailsRequest {
  @Amount('optional', { description: 'What to take; without it all that remains.', example: 10 })
  amount?: number;

  @Text('optional', {
    description: 'The account that it goes to; without it the world outside.',
    example: 'acc_1_2',
    max: 50,
  })
  to?: string;

  @Flag('optional', { description: 'Whether the rest is given back; yes unless false.', example: true })
  final?: boolean;

  @Reason()
  reason!: string;
}

export class ReleaseRequest {
  @Amount('optional', { description: 'What to give back; without it all that remains.', example: 10 })
  amount?: number;

  @Reason()
  reason!: string;
}

export function presentHold(hold: HoldRecord): HoldResponse {
  const { platformId, status, reference, description, metadata } = hold;
  const major = (minor: string): number => toMajorNumber(BigInt(minor), hold.decimals);
  return {
    object: 'hold',
    id: toTenantId('hld', platformId, hold.id),
    account: toTenantId('acc', platformId, hold.accountId),
    currency: hold.currencyCode,
    amount: major(hold.amountMinor),
    captured: major(hold.capturedMinor),
    released: major(hold.releasedMinor),
    remaining: major(hold.remainingMinor),
    status,
    expiresAt: toTimeOrNull(hold.expiresAt),
    reference,
    description,
    metadata,
    createdAt: toTime(hold.createdAt),
    updatedAt: toTime(hold.updatedAt),
  };
}

export function toHoldOrder(body: PlaceHoldRequest): HoldOrder {
  return {
    account: tenantIdIn('account', 'acc', body.account),
    amount: body.amount,
    expiresAt: body.expiresAt === undefined ? null : new Date(body.expiresAt),
    reference: body.reference?.trim() ?? null,
    description: body.description?.trim() ?? null,
    metadata: body.metadata ?? {},
  };
}

export function toCaptureOrder(body: CaptureRequest): CaptureOrder {
  return {
    amount: body.amount ?? null,
    to: body.to === undefined ? null : tenantIdIn('to', 'acc', body.to),
    isFinal: body.final ?? true,
    ...toDetails(body),
  };
}
