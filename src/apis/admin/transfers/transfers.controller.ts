import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  TRANSFER_LIST,
  TransferQueries,
  type TransferRecord,
} from '../../../ledger/reports/transfer-queries.service.js';
import { claimOf } from '../../../http/call.decorator.js';
import { AdjustmentsService } from '../../../payments/adjustments.service.js';
import { LimitedPostings } from '../../../payments/limited-postings.service.js';
import type { ErrorCode } from '../../../shared/app-error.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { AdminAsk, AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse, presentApproval } from '../approvals/approval.dto.js';
import { OutcomeForm } from '../approvals/outcome.js';
import { Command, type CommandInput } from '../command.js';
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

/** What exceeds the posting limit of the role. */
const WAITS = 'The request that waits for a second person: the amount exceeds the posting limit.';
const ABOVE_LIMIT =
  ' Above the posting limit of the role and the currency it waits for a second person (202).';

const POSTED = new OutcomeForm(({ posted }: { posted: TransferRecord }) => presentTransfer(posted), 201);
const POSTED_JOURNAL = new OutcomeForm(
  ({ posted }: { posted: TransferRecord[] }) => presentJournal(posted),
  201,
);

@ApiTags('Transfers')
@Controller('admin')
export class AdminTransfersController {
  constructor(
    private readonly postings: LimitedPostings,
    private readonly adjustments: AdjustmentsService,
    private readonly transfers: TransferQueries,
  ) {}

  @Get('transfers')
  @AdminRead({
    operationId: 'findTransfers',
    summary: 'Find transfers',
    description: 'Of every platform; every parameter given must hold. Newest first.',
    refusals: ['validation_failed'],
  })
  @ListDocs(TRANSFER_LIST, TransferResponse)
  async list(@List(TRANSFER_LIST) query: ListQuery): Promise<PageResponse<TransferResponse>> {
    return presentPage(await this.transfers.list(query), query, presentTransfer);
  }

  @Get('transfers/:id')
  @AdminRead({
    operationId: 'getTransfer',
    summary: 'Get a transfer',
    description: 'One transfer.',
    refusals: ['object_not_found'],
  })
  @IdParam('trf_1_1')
  @ApiOkResponse({ type: TransferResponse, description: 'The transfer.' })
  async get(@TenantId('trf') transfer: TenantObject): Promise<TransferResponse> {
    return presentTransfer(await this.transfers.get(transfer));
  }

  @Get('journals/:id')
  @AdminRead({
    operationId: 'getJournal',
    summary: 'Get a journal',
    description: 'What was posted together, by the id of its first transfer.',
    refusals: ['object_not_found'],
  })
  @IdParam('trf_1_1')
  @ApiOkResponse({ type: JournalResponse, description: 'The journal.' })
  async journal(@TenantId('trf') journal: TenantObject): Promise<JournalResponse> {
    return presentJournal(await this.transfers.journal(journal));
  }

  @Post('deposits')
  @AdminCreate({
    operationId: 'postDeposit',
    summary: 'Post a deposit',
    description: `Money comes in from outside: the platform’s settlement account of that currency.${ABOVE_LIMIT}`,
    refusals: [...POSTING_REFUSALS, 'reference_taken'],
  })
  @ApiBody({ type: OutsideRequest })
  @ApiCreatedResponse({ type: TransferResponse, description: 'The transfer; it is posted.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: WAITS })
  async deposit(
    @Command(OutsideRequest) { body, call, audit }: CommandInput<OutsideRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransferResponse | ApprovalResponse> {
    const claim = POSTED.claimOf(call);
    const outcome = await this.postings.deposit(toOutsideOrder(body), { audit, claim });
    return POSTED.answer(outcome, reply);
  }

  @Post('withdrawals')
  @AdminCreate({
    operationId: 'postWithdrawal',
    summary: 'Post a withdrawal',
    description: `Money goes out: to the platform’s settlement account of that currency.${ABOVE_LIMIT}`,
    refusals: [...POSTING_REFUSALS, 'reference_taken'],
  })
  @ApiBody({ type: OutsideRequest })
  @ApiCreatedResponse({ type: TransferResponse, description: 'The transfer; it is posted.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: WAITS })
  async withdraw(
    @Command(OutsideRequest) { body, call, audit }: CommandInput<OutsideRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransferResponse | ApprovalResponse> {
    const claim = POSTED.claimOf(call);
    const outcome = await this.postings.withdraw(toOutsideOrder(body), { audit, claim });
    return POSTED.answer(outcome, reply);
  }

  @Post('transfers')
  @AdminCreate({
    operationId: 'postTransfer',
    summary: 'Post a transfer',
    description: `Between two accounts of one platform and currency.${ABOVE_LIMIT}`,
    refusals: [...POSTING_REFUSALS, 'currency_mismatch', 'reference_taken'],
  })
  @ApiBody({ type: TransferRequest })
  @ApiCreatedResponse({ type: TransferResponse, description: 'The transfer; it is posted.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: WAITS })
  async transfer(
    @Command(TransferRequest) { body, call, audit }: CommandInput<TransferRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<TransferResponse | ApprovalResponse> {
    const claim = POSTED.claimOf(call);
    const outcome = await this.postings.transfer(toTransferOrder(body), { audit, claim });
    return POSTED.answer(outcome, reply);
  }

  @Post('journals')
  @AdminCreate({
    operationId: 'postJournal',
    summary: 'Post a journal',
    description:
      'Several transfers between accounts of one platform, one after the other, all or none: each must be possible ' +
      `after those before it.${ABOVE_LIMIT}`,
    refusals: [...POSTING_REFUSALS, 'currency_mismatch', 'reference_taken'],
  })
  @ApiBody({ type: JournalRequest })
  @ApiCreatedResponse({ type: JournalResponse, description: 'The journal; it is posted.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: WAITS })
  async postJournal(
    @Command(JournalRequest) { body, call, audit }: CommandInput<JournalRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JournalResponse | ApprovalResponse> {
    const claim = POSTED_JOURNAL.claimOf(call);
    const orders = body.transfers.map((leg, index) => toTransferOrder(leg, `transfers[${index}].`));
    const outcome = await this.postings.journal(orders, { audit, claim });
    return POSTED_JOURNAL.answer(outcome, reply);
  }

  @Post('transfers/:id/reverse')
  @AdminCreate({
    operationId: 'reverseTransfer',
    summary: 'Reverse a transfer',
    description:
      'Undoes it by a new transfer in the other direction, linked to it; what was posted together with it is ' +
      `reversed as well, last first. Once; a reversal is not reversed.${ABOVE_LIMIT}`,
    refusals: [...POSTING_REFUSALS, 'transition_not_allowed', 'approval_pending'],
    refusedIn: { state: 'reversed', allowedActs: [] },
  })
  @IdParam('trf_1_1')
  @ApiBody({ type: ReverseRequest })
  @ApiCreatedResponse({ type: JournalResponse, description: 'The reversal; it is posted.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: WAITS })
  async reverse(
    @TenantId('trf') transfer: TenantObject,
    @Command(ReverseRequest) { body, call, audit }: CommandInput<ReverseRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JournalResponse | ApprovalResponse> {
    const claim = POSTED_JOURNAL.claimOf(call);
    const details = { description: body.description?.trim() ?? null, metadata: body.metadata ?? {} };
    const outcome = await this.postings.reverse(transfer, details, { audit, claim });
    return POSTED_JOURNAL.answer(outcome, reply);
  }

  @Post('adjustments')
  @AdminAsk({
    operationId: 'requestAdjustment',
    summary: 'Request an adjustment',
    description:
      'A correction by hand, against the settlement account. Posted when a second person approves; frozen and ' +
      'disabled accounts can be mended so, closed ones cannot.',
    refusals: ['object_not_found'],
  })
  @ApiBody({ type: AdjustmentRequest })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'What waits for a second person.' })
  async adjust(
    @Command(AdjustmentRequest) { body, call, audit }: CommandInput<AdjustmentRequest>,
  ): Promise<ApprovalResponse> {
    const claim = claimOf(call, 202, presentApproval);
    return presentApproval(await this.adjustments.request(toAdjustmentOrder(body), { audit, claim }));
  }
}
