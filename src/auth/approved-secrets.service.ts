import { Injectable } from '@nestjs/common';
import { ApprovalSecrets } from '../approvals/approval-secrets.service.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import type { TenantObject } from '../shared/object-id.js';
import type { Caller } from './caller.js';
import { type BegunSession, SessionsService } from './sessions.service.js';

/** The secret that an approved request produced, in the form in which its requester collects it. */
export type ApprovedSecret =
  | { kind: 'credential'; approval: TenantObject; key: string; secret: string }
  | {
      kind: 'session';
      approval: TenantObject;
      accessToken: string;
      refreshToken: string;
      refreshTokenExpiresAt: Date;
    };

/** Hands the secrets that approvals produced to their requesters. */
@Injectable()
export class ApprovedSecrets {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly secrets: ApprovalSecrets,
    private readonly sessions: SessionsService,
  ) {}

  /**
   * Collects the secret; works once. A narrowed token is refused: it could not have requested every secret.
   * @throws AppError object_not_found, authority_exceeded, requester_required, transition_not_allowed
   */
  async collect(
    name: TenantObject,
    { caller, audit, claim }: IdempotentCommand<ApprovedSecret> & { caller: Caller },
  ): Promise<ApprovedSecret> {
    if (caller.isNarrowed) throw new AppError('authority_exceeded');
    return this.transaction.run<ApprovedSecret>(claim, async (tx) => {
      const { action, platformId, secret } = await this.secrets.collect(tx, name, audit);
      if (action === 'session.begin') return this.toSession(name, platformId, secret as BegunSession);
      const { key, secret: text } = secret as { key: string; secret: string };
      return { kind: 'credential', approval: name, key, secret: text };
    });
  }

  private async toSession(
    approval: TenantObject,
    platformId: string,
    { sessionId, refreshToken }: BegunSession,
  ): Promise<ApprovedSecret> {
    return {
      kind: 'session',
      approval,
      accessToken: await this.sessions.issueAccessToken(platformId, sessionId),
      refreshToken: refreshToken.value,
      refreshTokenExpiresAt: new Date(refreshToken.expiresAt),
    };
  }
}
