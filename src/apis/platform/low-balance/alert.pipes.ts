import { Injectable, type PipeTransform } from '@nestjs/common';
import type { AuditContext } from '../../../audit/audit-context.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, claimOf, subjectOf } from '../../../http/call.decorator.js';
import type { IdempotentCommand } from '../../../idempotency/idempotent-transaction.service.js';
import type {
  AlertChange,
  AlertedAccount,
  AlertName,
  AlertOrder,
  AlertView,
} from '../../../payments/low-balance-alerts.service.js';
import { AppError } from '../../../shared/app-error.js';
import { AmendAlertRequest, CreateAlertRequest, presentAlert } from './alert.dto.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

interface AlertPath {
  accountIdentifier?: string;
  balanceAlertID?: string;
}

/** The account that the path names, of the customer in it. */
@Injectable()
export class AlertedAccountPipe implements PipeTransform<CallContext, AlertedAccount> {
  transform(call: CallContext): AlertedAccount {
    const { accountIdentifier = '' } = call.request.params as AlertPath;
    const { customerId } = subjectOf(call);
    return { platformId: call.caller.platformId, customerId, accountIdentifier };
  }
}

export interface AlertCommand {
  alert: AlertName;
  audit: AuditContext;
}

/** The alert that the path names. What has not the form names nothing. */
@Injectable()
export class AlertPipe implements PipeTransform<CallContext, AlertCommand> {
  transform(call: CallContext): AlertCommand {
    const { balanceAlertID: id = '' } = call.request.params as AlertPath;
    if (!UUID.test(id)) throw new AppError('object_not_found');
    const account = new AlertedAccountPipe().transform(call);
    return { alert: { account, id: id.toLowerCase() }, audit: auditContextOf(call) };
  }
}

export interface CreateAlertCommand {
  account: AlertedAccount;
  order: AlertOrder;
  command: IdempotentCommand<AlertView>;
}

/** Checks the body's form. */
@Injectable()
export class CreateAlertPipe implements PipeTransform<CallContext, CreateAlertCommand> {
  transform(call: CallContext): CreateAlertCommand {
    const body = readBody(CreateAlertRequest, call);
    return {
      account: new AlertedAccountPipe().transform(call),
      order: {
        displayName: body.balanceAlertDisplayName.trim(),
        threshold: body.balanceAlertThreshold,
        emails: body.balanceAlertNotification.map(({ emailAddress }) => emailAddress),
      },
      command: { audit: auditContextOf(call), claim: claimOf(call, 200, presentAlert) },
    };
  }
}

export interface AmendAlertCommand extends AlertCommand {
  change: AlertChange;
}

/** Checks the body's form; null and what is missing change nothing. */
@Injectable()
export class AmendAlertPipe implements PipeTransform<CallContext, AmendAlertCommand> {
  transform(call: CallContext): AmendAlertCommand {
    const body = readBody(AmendAlertRequest, call);
    const { balanceAlertDisplayName: name, balanceAlertThreshold: threshold } = body;
    const emails = body.balanceAlertNotification?.map(({ emailAddress }) => emailAddress);
    return {
      ...new AlertPipe().transform(call),
      change: {
        ...(typeof name === 'string' ? { displayName: name.trim() } : {}),
        ...(typeof threshold === 'number' ? { threshold } : {}),
        ...(emails === undefined ? {} : { emails }),
      },
    };
  }
}
