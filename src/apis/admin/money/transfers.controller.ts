import { Controller, Get, Post } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { TRANSFER_LIST, TransferDirectory } from '../../../books/transfer-directory.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import { AdjustmentsService } from '../../../payments/adjustments.service.js';
import { ReversalsService } from '../../../payments/reversals.service.js';
import { TransfersService } from '../../../payments/transfers.service.js';
import type { ErrorCode } from '../../../shared/app-error.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAsk, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { Command, type Told } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { IdParam, TenantId } from '../path-ids.js';
import {
  AdjustmentRequest,
  JournalRequest,
  OutsideRequest,
  ReverseRequest,
  toAdjustmentOrder,
  toOutsideOrder,
  toTransferOrder,
  TransferRequest,
} from './order.dto.js';
import { JournalResponse, presentJournal, presentTransfer, TransferResponse } from './transfer.dto.js';

/** What any posting may meet. */
export const POSTING_REFUSALS: readonly ErrorCode[] = [
  'object_not_found',
  'account_not_active',
  'account_frozen',
  'customer_suspended',
  'debits_restricted',
  'insufficient_funds',
  'balance_limit_exceeded',
];

@ApiTags('Transfers')
@Controller('admin')
export class AdminTransfersController {
  constructor(
    private readonly transfers: TransfersService,
    private readonly reversals: ReversalsService,
    private readonly adjustments: AdjustmentsService,
    private readonly directory: TransferDirectory,
  ) {}

  @Get('transfers')
  @AdminRead({
    summary: 'Find transfers',
    description: 'Of every platform; every parameter given must hold. Newest first.',
    refusals: ['validation_failed'],
  })
  @ListDocs(TRANSFER_LIST, TransferResponse)
  async list(@List(TRANSFER_LIST) query: ListQuery): Promise<PageResponse<TransferResponse>> {
    return presentPage(await this.directory.list(query), query, presentTransfer);
  }

  @Get('transfers/:id')
  @AdminRead({ summary: 'Get a transfer', description: 'One transfer.', refusals: ['object_not_found'] })
  @IdParam('trf_1_1')
  @ApiOkResponse({ type: TransferResponse, description: 'The transfer.' })
  async get(@TenantId('trf') transfer: TenantObject): Promise<TransferResponse> {
    return presentTransfer(await this.directory.get(transfer));
  }

  @Get('journals/:id')
  @AdminRead({
    summary: 'Get a journal',
    description: 'What was posted together, by the id of its first transfer.',
    refusals: ['object_not_found'],
  })
  @IdParam('trf_1_1')
  @ApiOkResponse({ type: JournalResponse, description: 'The journal.' })
  async journal(@TenantId('trf') journal: TenantObject): Promise<JournalResponse> {
    return presentJournal(await this.directory.journal(journal));
  }

  @Post('deposits')
  @AdminCreate({
    summary: 'Post a deposit',
    description: 'Money comes in from the world outside: the platform’s settlement account of that currency.',
    refusals: [...POSTING_REFUSALS, 'reference_taken'],
  })
  @ApiBody({ type: OutsideRequest })
  @ApiCreatedResponse({ type: TransferResponse, description: 'The transfer; it is posted.' })
  async deposit(
    @Command(OutsideRequest) { body, call, act }: Told<OutsideRequest>,
  ): Promise<TransferResponse> {
    const claim = claimOf(call, 201, presentTransfer);
    return presentTransfer(await this.transfers.deposit(toOutsideOrder(body), { act, claim }));
  }

  @Post('withdrawals')
  @AdminCreate({
    summary: 'Post a withdrawal',
    description: 'Money goes out to the world outside: the platform’s settlement account of that currency.',
    refusals: [...POSTING_REFUSALS, 'reference_taken'],
  })
  @ApiBody({ type: OutsideRequest })
  @ApiCreatedResponse({ type: TransferResponse, description: 'The transfer; it is posted.' })
  async withdraw(
    @Command(OutsideRequest) { body, call, act }: Told<OutsideRequest>,
  ): Promise<TransferResponse> {
    const claim = claimOf(call, 201, presentTransfer);
    return presentTransfer(await this.transfers.withdraw(toOutsideOrder(body), { act, claim }));
  }

  @Post('transfers')
  @AdminCreate({
    summary: 'Post a transfer',
    description: 'Between two accounts of one platform and currency.',
    refusals: [...POSTING_REFUSALS, 'currency_mismatch', 'reference_taken'],
  })
  @ApiBody({ type: TransferRequest })
  @ApiCreatedResponse({ type: TransferResponse, description: 'The transfer; it is posted.' })
  async transfer(
    @Command(TransferRequest) { body, call, act }: Told<TransferRequest>,
  ): Promise<TransferResponse> {
    const claim = claimOf(call, 201, presentTransfer);
    return presentTransfer(await this.transfers.transfer(toTransferOrder(body), { act, claim }));
  }

  @Post('journals')
  @AdminCreate({
    summary: 'Post a journal',
    description:
      'Several transfers between accounts of one platform, one after the other, all or none: each must be possible ' +
      'after those before it.',
    refusals: [...POSTING_REFUSALS, 'currency_mismatch', 'reference_taken'],
  })
  @ApiBody({ type: JournalRequest })
  @ApiCreatedResponse({ type: JournalResponse, description: 'The journal; it is posted.' })
  async postJournal(
    @Command(JournalRequest) { body, call, act }: Told<JournalRequest>,
  ): Promise<JournalResponse> {
    const claim = claimOf(call, 201, presentJournal);
    const orders = body.transfers.map((leg, index) => toTransferOrder(leg, `transfers[${index}].`));
    return presentJournal(await this.transfers.journal(orders, { act, claim }));
  }

  @Post('transfers/:id/reverse')
  @AdminCreate({
    summary: 'Reverse a transfer',
    description:
      'Undoes it by a new transfer in the other direction, linked to it; what was posted together with it is ' +
      'reversed as well, last first. Once; a reversal is not reversed.',
    refusals: [...POSTING_REFUSALS, 'transition_not_allowed'],
    refusedIn: { state: 'reversed', allowedActs: [] },
  })
  @IdParam('trf_1_1')
  @ApiBody({ type: ReverseRequest })
  @ApiCreatedResponse({ type: JournalResponse, description: 'The reversal; it is posted.' })
  async reverse(
    @TenantId('trf') transfer: TenantObject,
    @Command(ReverseRequest) { body, call, act }: Told<ReverseRequest>,
  ): Promise<JournalResponse> {
    const claim = claimOf(call, 201, presentJournal);
    const details = { description: body.description?.trim() ?? null, metadata: body.metadata ?? {} };
    return presentJournal(await this.reversals.reverse(transfer, details, { act, claim }));
  }

  @Post('adjustments')
  @AdminAsk({
    summary: 'Ask for an adjustment',
    description:
      'A correction by hand, against the settlement account. Posted when a second person approves; frozen and ' +
      'disabled accounts can be mended so, closed ones cannot.',
    refusals: ['object_not_found'],
  })
  @ApiBody({ type: AdjustmentRequest })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'What waits for a second person.' })
  async adjust(
    @Command(AdjustmentRequest) { body, call, act }: Told<AdjustmentRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 202, presentApproval);
    return presentApproval(await this.adjustments.request(toAdjustmentOrder(body), { act, claim }));
  }
}
