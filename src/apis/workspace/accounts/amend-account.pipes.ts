import { Injectable, type PipeTransform } from '@nestjs/common';
import type { AccountName } from '../../../accounts/reading/account-lookups.service.js';
import type { AuditContext } from '../../../audit/audit-context.js';
import { readBody } from '../../../http/body.js';
import { auditContextOf, type CallContext, subjectOf } from '../../../http/call.decorator.js';
import { Text } from '../../../http/request-properties.js';
import { AppError } from '../../../shared/app-error.js';
import { ALIAS_MAX_LENGTH } from './open-account.request.js';

export class RenameAccountRequest {
  @Text('required', {
    description: 'A nickname; empty for none. No emoji, no control characters.',
    example: 'Travel money',
    max: ALIAS_MAX_LENGTH,
  })
  alias!: string;
}

export interface CloseCommand {
  selection: AccountName;
  audit: AuditContext;
}

export interface RenameCommand extends CloseCommand {
  alias: string;
}

@Injectable()
export class RenameAccountPipe implements PipeTransform<CallContext, RenameCommand> {
  transform(call: CallContext): RenameCommand {
    const { alias } = readBody(RenameAccountRequest, call);
    return { selection: selectionOf(call), alias: alias.trim(), audit: auditContextOf(call) };
  }
}

@Injectable()
export class CloseAccountPipe implements PipeTransform<CallContext, CloseCommand> {
  transform(call: CallContext): CloseCommand {
    return { selection: selectionOf(call), audit: auditContextOf(call, 'closed by its holder') };
  }
}

/** The account of this workspace that the path names. @throws AppError account_not_found */
function selectionOf(call: CallContext): AccountName {
  const { id = '' } = call.request.params as { id?: string };
  const { workspaceId } = subjectOf(call);
  if (workspaceId === undefined || !/^[1-9]\d{0,17}$/.test(id)) throw new AppError('account_not_found');
  return { platformId: call.caller.platformId, channel: 'workspace', workspaceId, id };
}
