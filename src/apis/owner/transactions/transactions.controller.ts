import { Controller, Get, Param } from '@nestjs/common';
import { ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { eligibilityOf } from '../../../accounts/opening/guards/kyc-approved.guard.js';
import { Call, type CallContext } from '../../../http/call.decorator.js';
import {
  OwnerTransactions,
  type OwnerTransactionQuery,
} from '../../../payments/owner-transactions.service.js';
import { OWNER_PATH } from '../errors.js';
import { OwnerRead } from '../owner-operation.decorator.js';
import { TransactionList, TransactionListDocs } from './list-transactions.query.js';
import { OwnerTransactionResponse, presentTransaction } from './transaction.response.js';

const TransactionIdParam = (): MethodDecorator =>
  ApiParam({ name: 'transactionId', description: 'Its id.', example: 'trf_1_1' });

@ApiTags('Deposits and withdrawals')
@Controller(OWNER_PATH.slice(1))
export class OwnerTransactionsController {
  constructor(private readonly transactions: OwnerTransactions) {}

  @Get('deposits')
  @OwnerRead('accounts:read', {
    operationId: 'listDeposits',
    summary: 'List deposits',
    description: 'Money that came in from outside on the owner’s accounts.',
    refusals: ['validation_failed'],
  })
  @TransactionListDocs()
  @ApiOkResponse({ type: [OwnerTransactionResponse], description: 'Newest first.' })
  async listDeposits(
    @Call() { caller, request }: CallContext,
    @TransactionList() query: OwnerTransactionQuery,
  ): Promise<OwnerTransactionResponse[]> {
    const eligibility = eligibilityOf(request);
    const found = await this.transactions.list('deposit', caller.platformId, eligibility, query);
    return found.map(presentTransaction);
  }

  @Get('deposits/:transactionId')
  @OwnerRead('accounts:read', {
    operationId: 'getDeposit',
    summary: 'Get a deposit',
    description: 'One deposit.',
    refusals: ['object_not_found'],
  })
  @TransactionIdParam()
  @ApiOkResponse({ type: OwnerTransactionResponse, description: 'The deposit.' })
  async getDeposit(
    @Call() { caller, request }: CallContext,
    @Param('transactionId') id: string,
  ): Promise<OwnerTransactionResponse> {
    const eligibility = eligibilityOf(request);
    return presentTransaction(await this.transactions.get('deposit', caller.platformId, eligibility, id));
  }

  @Get('withdrawals')
  @OwnerRead('accounts:read', {
    operationId: 'listWithdrawals',
    summary: 'List withdrawals',
    description: 'Money that went outside from the owner’s accounts.',
    refusals: ['validation_failed'],
  })
  @TransactionListDocs()
  @ApiOkResponse({ type: [OwnerTransactionResponse], description: 'Newest first.' })
  async listWithdrawals(
    @Call() { caller, request }: CallContext,
    @TransactionList() query: OwnerTransactionQuery,
  ): Promise<OwnerTransactionResponse[]> {
    const eligibility = eligibilityOf(request);
    const found = await this.transactions.list('withdrawal', caller.platformId, eligibility, query);
    return found.map(presentTransaction);
  }

  @Get('withdrawals/:transactionId')
  @OwnerRead('accounts:read', {
    operationId: 'getWithdrawal',
    summary: 'Get a withdrawal',
    description: 'One withdrawal.',
    refusals: ['object_not_found'],
  })
  @TransactionIdParam()
  @ApiOkResponse({ type: OwnerTransactionResponse, description: 'The withdrawal.' })
  async getWithdrawal(
    @Call() { caller, request }: CallContext,
    @Param('transactionId') id: string,
  ): Promise<OwnerTransactionResponse> {
    const eligibility = eligibilityOf(request);
    return presentTransaction(await this.transactions.get('withdrawal', caller.platformId, eligibility, id));
  }
}
