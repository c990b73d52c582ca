import { applyDecorators, Controller, Delete, Get, HttpCode, Patch, Post } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import { Call } from '../../../http/call.decorator.js';
import {
  type AlertedAccount,
  LowBalanceAlerts,
  MAX_ALERTS,
} from '../../../payments/low-balance-alerts.service.js';
import { PLATFORM_BASE } from '../errors.js';
import { CustomerFoundGuard } from '../guards.js';
import {
  AccountIdentifierParam,
  CustomerIdentifierParam,
  PlatformChange,
  PlatformDelete,
  PlatformRead,
  PlatformWrite,
} from '../platform-operation.decorator.js';
import { AlertResponse, AmendAlertRequest, CreateAlertRequest, presentAlert } from './alert.dto.js';
import {
  type AlertCommand,
  AlertedAccountPipe,
  AlertPipe,
  AmendAlertPipe,
  type AmendAlertCommand,
  CreateAlertPipe,
  type CreateAlertCommand,
} from './alert.pipes.js';

const PATH = 'customers/:customerIdentifier/accounts/:accountIdentifier/lowbalance';
const guards = [CustomerFoundGuard];
const CROSSING =
  'The recipients get an e-mail when the available balance of the account (posted minus locked) falls below the ' +
  'threshold: once, and again when it has been at or above the threshold and falls below it anew. An alert made or ' +
  'changed while the account is below already says nothing before that.';

/** Documents the account, and with `one` the alert, in the path. */
const AlertParams = (one = false): MethodDecorator =>
  applyDecorators(
    CustomerIdentifierParam(),
    AccountIdentifierParam(),
    ...(one
      ? [
          ApiParam({
            name: 'balanceAlertID',
            description: 'The alert.',
            schema: { type: 'string', format: 'uuid' },
          }),
        ]
      : []),
  );

@ApiTags('Low-balance alerts')
@Controller([PATH, `${PLATFORM_BASE.slice(1)}/${PATH}`])
export class LowBalanceController {
  constructor(private readonly alerts: LowBalanceAlerts) {}

  @Get()
  @PlatformRead('accounts:read', {
    operationId: 'listLowBalanceAlerts',
    summary: 'List the low-balance alerts of an account',
    description: `In the order of their making; at most ${MAX_ALERTS}.`,
    refusals: ['customer_not_found', 'account_not_found'],
    guards,
  })
  @AlertParams()
  @ApiOkResponse({ type: [AlertResponse], description: 'The alerts.' })
  async list(@Call(AlertedAccountPipe) account: AlertedAccount): Promise<AlertResponse[]> {
    return (await this.alerts.list(account)).map(presentAlert);
  }

  @Post()
  @HttpCode(200)
  @PlatformWrite('accounts:write', {
    operationId: 'createLowBalanceAlert',
    summary: 'Create a low-balance alert',
    description: `${CROSSING} An account has at most ${MAX_ALERTS} alerts.`,
    refusals: ['customer_not_found', 'account_not_found', 'name_taken', 'transition_not_allowed'],
    guards,
  })
  @AlertParams()
  @ApiBody({ type: CreateAlertRequest })
  @ApiOkResponse({ type: AlertResponse, description: 'The alert.' })
  async create(
    @Call(CreateAlertPipe) { account, order, command }: CreateAlertCommand,
  ): Promise<AlertResponse> {
    return presentAlert(await this.alerts.create(account, order, command));
  }

  @Get(':balanceAlertID')
  @PlatformRead('accounts:read', {
    operationId: 'getLowBalanceAlert',
    summary: 'Get a low-balance alert',
    description: 'One alert of the account.',
    refusals: ['customer_not_found', 'account_not_found', 'object_not_found'],
    guards,
  })
  @AlertParams(true)
  @ApiOkResponse({ type: AlertResponse, description: 'The alert.' })
  async get(@Call(AlertPipe) { alert }: AlertCommand): Promise<AlertResponse> {
    return presentAlert(await this.alerts.get(alert));
  }

  @Patch(':balanceAlertID')
  @PlatformChange('accounts:write', {
    operationId: 'changeLowBalanceAlert',
    summary: 'Change a low-balance alert',
    description: `What is missing or null stays as it is. ${CROSSING}`,
    refusals: [
      'customer_not_found',
      'account_not_found',
      'object_not_found',
      'name_taken',
      'transition_not_allowed',
    ],
    guards,
  })
  @AlertParams(true)
  @ApiBody({ type: AmendAlertRequest })
  @ApiOkResponse({ type: AlertResponse, description: 'The alert.' })
  async amend(@Call(AmendAlertPipe) { alert, change, audit }: AmendAlertCommand): Promise<AlertResponse> {
    return presentAlert(await this.alerts.amend(alert, change, audit));
  }

  @Delete(':balanceAlertID')
  @PlatformDelete('accounts:write', {
    operationId: 'deleteLowBalanceAlert',
    summary: 'Delete a low-balance alert',
    description: 'The alert sends no more e-mails from now on. Works on an INACTIVE account too.',
    refusals: ['customer_not_found', 'account_not_found', 'object_not_found'],
    guards,
  })
  @AlertParams(true)
  @ApiOkResponse({ type: AlertResponse, description: 'The alert that was deleted.' })
  async delete(@Call(AlertPipe) { alert, audit }: AlertCommand): Promise<AlertResponse> {
    return presentAlert(await this.alerts.delete(alert, audit));
  }
}
