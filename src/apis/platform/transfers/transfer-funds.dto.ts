import { Injectable, type PipeTransform } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { Amount, Identifier, Text } from '../../../http/request-properties.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, claimOf } from '../../../http/call.decorator.js';
import type { IdempotentCommand } from '../../../idempotency/idempotent-transaction.service.js';
import type {
  FundsParty,
  FundsTransfer,
  FundsTransferOrder,
} from '../../../payments/funds-transfers.service.js';
import { toMajorNumber } from '../../../shared/money.js';
import { ACCOUNT_STATUSES, presentStatus, type WireStatus } from '../accounts/account.response.js';

const MAX_NOTES = 150;
const MAX_REFERENCE = 100;

export class TransferFundsRequest {
  @Identifier({ description: 'Identifier of the debited account.', example: 'acme-usd-1' })
  transferFrom!: string;

  @Identifier({ description: 'Identifier of the credited account.', example: 'acme-usd-2' })
  transferTo!: string;

  @Amount('required', {
    description: 'In major units, exact: no more decimals than the currency has.',
    example: 25.5,
  })
  amount!: number;

  @Text('nullable', {
    description: 'Your own reference: sent again, it returns the same transfer.',
    example: 'payout-4711',
    min: 1,
    max: MAX_REFERENCE,
  })
  externalRefID?: string | null;

  @Text('nullable', { description: 'For people.', example: 'Payout of January', max: MAX_NOTES })
  transferNotes?: string | null;
}

/** One side of a transfer. */
export class TransferPartyResponse {
  @ApiProperty({ description: 'The account on this platform.', example: 'acme-usd-1' })
  accountIdentifier!: string;

  @ApiProperty({ description: 'A and digits.', example: 'A000000000018' })
  accountNumber!: string;

  @ApiProperty({ description: 'For people.', example: 'Acme operating' })
  displayName!: string;

  @ApiProperty({ description: 'ISO 4217 code.', example: 'USD' })
  currencyCode!: string;

  @ApiProperty({ description: 'Balance before it, in major units.', type: Number, example: 100 })
  startingBalance!: number;

  @ApiProperty({ description: 'Balance after it, in major units.', type: Number, example: 74.5 })
  endingBalance!: number;

  @ApiProperty({ description: 'Whether it can be used.', enum: ACCOUNT_STATUSES, example: 'ACTIVE' })
  status!: WireStatus;

  @ApiProperty({ description: 'The account’s representative.', example: 'ops@example.com' })
  contactEmail!: string;
}

/** A transfer that is done. */
export class TransferFundsResponse {
  @ApiProperty({ format: 'date-time', description: 'UTC.', example: '2026-01-15T09:30:00.000Z' })
  transferDate!: string;

  @ApiProperty({ description: 'In major units.', type: Number, example: 25.5 })
  transferredAmount!: number;

  @ApiProperty({ description: 'For people.', type: String, nullable: true, example: 'Payout of January' })
  transferNotes!: string | null;

  @ApiProperty({ description: 'Your own name for it.', type: String, nullable: true, example: 'payout-4711' })
  externalRefID!: string | null;

  @ApiProperty({ description: 'Where it came from.', type: TransferPartyResponse })
  transferFrom!: TransferPartyResponse;

  @ApiProperty({ description: 'Where it went.', type: TransferPartyResponse })
  transferTo!: TransferPartyResponse;
}

export interface TransferFundsCommand extends IdempotentCommand<FundsTransfer> {
  order: FundsTransferOrder;
}

/** Checks the body's form and makes it an order. */
@Injectable()
export class TransferFundsPipe implements PipeTransform<CallContext, TransferFundsCommand> {
  transform(call: CallContext): TransferFundsCommand {
    const body = readBody(TransferFundsRequest, call);
    const notes = body.transferNotes?.trim();
    const order = {
      platformId: call.caller.platformId,
      from: body.transferFrom,
      to: body.transferTo,
      amount: body.amount,
      reference: body.externalRefID?.trim() ?? null,
      notes: notes === undefined || notes === '' ? null : notes,
    };
    return { order, audit: auditContextOf(call), claim: claimOf(call, 200, presentFundsTransfer) };
  }
}

export function presentFundsTransfer(transfer: FundsTransfer): TransferFundsResponse {
  const { postedAt, amountMinor, decimals, notes, reference, from, to } = transfer;
  return {
    transferDate: postedAt.toISOString(),
    transferredAmount: toMajorNumber(amountMinor, decimals),
    transferNotes: notes,
    externalRefID: reference,
    transferFrom: presentParty(from, transfer),
    transferTo: presentParty(to, transfer),
  };
}

function presentParty(party: FundsParty, { currencyCode, decimals }: FundsTransfer): TransferPartyResponse {
  const { accountIdentifier, number, displayName, contactEmail, status, startingMinor, endingMinor } = party;
  return {
    accountIdentifier,
    accountNumber: `A${number}`,
    displayName,
    currencyCode,
    startingBalance: toMajorNumber(startingMinor, decimals),
    endingBalance: toMajorNumber(endingMinor, decimals),
    status: presentStatus(status),
    contactEmail,
  };
}
