import { Controller, Get, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import {
  ACCOUNT_LIST,
  AccountQueries,
  type AccountRecord,
} from '../../../accounts/reading/account-queries.service.js';
import { AccountLifecycle } from '../../../accounts/lifecycle/account-lifecycle.service.js';
import {
  ACCOUNT_TRANSITIONS,
  ACCOUNT_MACHINE,
  type AccountTransition,
} from '../../../accounts/lifecycle/account-machine.js';
import type { ListQuery } from '../../../shared/listing.js';
import type { TenantObject } from '../../../shared/object-id.js';
import { describeMachine, refusalIn } from '../../../shared/state-machine.js';
import { AdminCreate, AdminRead } from '../admin-operation.decorator.js';
import { ApprovalResponse } from '../approvals/approval.dto.js';
import { OutcomeForm } from '../approvals/outcome.js';
import { Command, ReasonBody, ReasonRequest, type CommandInput } from '../command.js';
import { List, ListDocs, type PageResponse, presentPage } from '../list-query.js';
import { TransitionName, TransitionParams, IdParam, TenantId } from '../path-ids.js';
import { AdminAccountResponse, DecisionResponse, presentAccount, presentDecision } from './account.dto.js';

const ACTED = new OutcomeForm(({ account }: { account: AccountRecord }) => presentAccount(account));

@ApiTags('Accounts')
@Controller('admin/accounts')
export class AdminAccountsController {
  constructor(
    private readonly queries: AccountQueries,
    private readonly lifecycle: AccountLifecycle,
  ) {}

  @Get()
  @AdminRead({
    operationId: 'findAccounts',
    summary: 'Find accounts',
    description: 'Of every platform and API; every parameter given must hold.',
    refusals: ['validation_failed'],
  })
  @ListDocs(ACCOUNT_LIST, AdminAccountResponse)
  async list(@List(ACCOUNT_LIST) query: ListQuery): Promise<PageResponse<AdminAccountResponse>> {
    return presentPage(await this.queries.list(query), query, presentAccount);
  }

  @Get(':id')
  @AdminRead({
    operationId: 'getAccount',
    summary: 'Get an account',
    description: 'One account.',
    refusals: ['object_not_found'],
  })
  @IdParam('acc_1_1')
  @ApiOkResponse({ type: AdminAccountResponse, description: 'The account.' })
  async get(@TenantId('acc') account: TenantObject): Promise<AdminAccountResponse> {
    return presentAccount(await this.queries.get(account));
  }

  @Get(':id/decision')
  @AdminRead({
    operationId: 'getAccountDecision',
    summary: 'Get the decision of an opening',
    description:
      'The rules with their versions, the KYC evidence and the actor, and what happened to it since.',
    refusals: ['object_not_found'],
  })
  @IdParam('acc_1_1')
  @ApiOkResponse({ type: DecisionResponse, description: 'The decision.' })
  async decision(@TenantId('acc') account: TenantObject): Promise<DecisionResponse> {
    return presentDecision(await this.queries.historyOf(account));
  }

  @Post(':id/:act')
  @AdminCreate({
    operationId: 'actOnAccount',
    summary: 'Freeze, unfreeze, disable, enable, close or reopen an account',
    description:
      'Closing needs a balance of zero and no holds. Reopening, and lifting the freeze of another approver, waits ' +
      `for a second person (202). An account of the platform API is never reopened: its end is final there.\n\n${describeMachine(ACCOUNT_MACHINE)}`,
    refusals: [
      'object_not_found',
      'route_not_found',
      'transition_not_allowed',
      'account_not_empty',
      'approval_pending',
    ],
    refusedIn: refusalIn(ACCOUNT_MACHINE, 'closed'),
  })
  @TransitionParams(ACCOUNT_TRANSITIONS, 'acc_1_1')
  @ReasonBody()
  @ApiOkResponse({ type: AdminAccountResponse, description: 'The account; it is done.' })
  @ApiAcceptedResponse({ type: ApprovalResponse, description: 'What waits for a second person.' })
  async do(
    @TenantId('acc') account: TenantObject,
    @TransitionName(ACCOUNT_TRANSITIONS) accountAct: AccountTransition,
    @Command(ReasonRequest) { call, audit }: CommandInput<ReasonRequest>,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<AdminAccountResponse | ApprovalResponse> {
    const claim = ACTED.claimOf(call);
    const outcome = await this.lifecycle.do(accountAct, { account, audit, claim });
    return ACTED.answer(outcome, reply);
  }
}
