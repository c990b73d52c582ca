import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { ApprovalSummaries } from '../approvals/approval-summary.js';
import type { ApprovalRequest } from '../entities/approval-request.entity.js';
import type { Credential } from '../entities/credential.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import type { Quota } from '../shared/quota.js';
import { tenantObjectOf, toTenantId } from '../shared/object-id.js';
import type { Caller } from './caller.js';
import { assertLive, CredentialDelegation } from './credential-delegation.service.js';
import {
  CredentialAdministration,
  type CredentialName,
  type CredentialView,
  type IssuedCredential,
  type NewCredential,
} from './credential-administration.service.js';
import { CredentialOwners } from './credential-owners.service.js';

/** The credential, or the approval that must be granted first. */
export type CredentialOutcome<View> = { credential: View } | { approval: ApprovalView };

interface AdminCommand<View> extends IdempotentCommand<View> {
  caller: Caller;
}

interface IssuePayload extends Omit<NewCredential, 'expiresAt'> {
  expiresAt: string | null;
}

/**
 * Credentials issued, rotated and revoked by admins. An admin rotates and revokes its own credentials directly, with a
 * token of full scope. Every other new secret needs an approval by another admin; the requester then collects it.
 */
@Injectable()
export class AdminCredentials implements OnModuleInit {
  constructor(
    private readonly transaction: IdempotentTransaction,
    private readonly credentials: CredentialAdministration,
    private readonly delegation: CredentialDelegation,
    private readonly owners: CredentialOwners,
    private readonly approvals: ApprovalsService,
  ) {}

  onModuleInit(): void {
    this.approvals.register('credential.issue', {
      lock: (tx, { platformId, objectId }) => this.owners.lock(tx, platformId, objectId),
      execute: async (tx, { payload }, audit) => {
        const { expiresAt, ...wanted } = payload as IssuePayload;
        const ends = expiresAt === null ? null : new Date(expiresAt);
        return this.credentials.issue(tx, { ...wanted, expiresAt: ends }, audit);
      },
    });
    this.approvals.register('credential.rotate', {
      lock: (tx, request) => this.lockRequested(tx, request),
      execute: async (tx, request, audit) => {
        const { overlapSeconds } = request.payload as { overlapSeconds: number };
        return this.credentials.rotate(tx, await this.lockRequested(tx, request), overlapSeconds, audit);
      },
    });
    this.approvals.register('credential.revoke', {
      lock: (tx, request) => this.lockRequested(tx, request),
      execute: async (tx, request, audit) => {
        await this.credentials.revoke(tx, await this.lockRequested(tx, request), audit);
        return null;
      },
    });
  }

  /** Requests a credential of a customer or a platform. @throws AppError object_not_found */
  async requestIssue(
    wanted: NewCredential,
    { audit, claim }: IdempotentCommand<ApprovalView>,
  ): Promise<ApprovalView> {
    return this.transaction.run(claim, async (tx) => {
      const owner = await this.owners.find(tx, wanted);
      await this.owners.lock(tx, wanted.platformId, owner.id);
      const expiresAt = wanted.expiresAt?.toISOString() ?? null;
      return this.approvals.request(tx, {
        platformId: wanted.platformId,
        action: 'credential.issue',
        objectId: owner.id,
        payload: { ...wanted, expiresAt },
        summary: { credential: summaryOf({ ...wanted, id: null, key: null }, owner) },
        audit,
      });
    });
  }

  /** @throws AppError object_not_found, authority_exceeded, transition_not_allowed, approval_pending */
  async rotate(
    name: CredentialName,
    overlapSeconds: number,
    { caller, audit, claim }: AdminCommand<CredentialOutcome<IssuedCredential>>,
  ): Promise<CredentialOutcome<IssuedCredential>> {
    return this.transaction.run<CredentialOutcome<IssuedCredential>>(claim, async (tx) => {
      const credential = await this.lockFor(tx, name, caller);
      if (isOwn(credential, caller))
        return { credential: await this.credentials.rotate(tx, credential, overlapSeconds, audit) };
      const summary = { credential: await this.describe(tx, credential), overlapSeconds };
      const payload = { overlapSeconds };
      return {
        approval: await this.request(tx, credential, {
          action: 'credential.rotate',
          summary,
          payload,
          audit,
        }),
      };
    });
  }

  /**
   * Credentials of customers and platforms are revoked without an approval, because they may have leaked.
   * @throws AppError as `rotate`
   */
  async revoke(
    name: CredentialName,
    { caller, audit, claim }: AdminCommand<CredentialOutcome<CredentialView>>,
  ): Promise<CredentialOutcome<CredentialView>> {
    return this.transaction.run<CredentialOutcome<CredentialView>>(claim, async (tx) => {
      const credential = await this.lockFor(tx, name, caller);
      if (credential.kind !== 'admin' || isOwn(credential, caller))
        return { credential: await this.credentials.revoke(tx, credential, audit) };
      const summary = { credential: await this.describe(tx, credential) };
      return {
        approval: await this.request(tx, credential, { action: 'credential.revoke', summary, audit }),
      };
    });
  }

  /**
   * Replaces the default rate limit of a credential of a customer or a platform.
   * @param rateLimit `null`: the default again
   * @throws AppError object_not_found, authority_exceeded for a credential of an admin, transition_not_allowed
   */
  async limitRate(
    name: CredentialName,
    rateLimit: Quota | null,
    audit: AuditContext,
  ): Promise<CredentialView> {
    return this.transaction.run(null, async (tx) => {
      const credential = await this.lock(tx, name);
      if (credential.kind === 'admin') throw new AppError('authority_exceeded');
      assertLive(credential);
      return this.credentials.limitRate(tx, credential, rateLimit, audit);
    });
  }

  /**
   * Locks and returns the credential when the caller may rotate or revoke it, or request that.
   * @throws AppError object_not_found, authority_exceeded, transition_not_allowed when it is revoked
   */
  private async lockFor(tx: EntityManager, name: CredentialName, caller: Caller): Promise<Credential> {
    const { kind, adminId, platformId } = await this.credentials.get(name);
    if (kind === 'admin') {
      if (caller.isNarrowed) throw new AppError('authority_exceeded');
      if (isOwn({ adminId, platformId }, caller)) return this.delegation.lockWithin(tx, name, caller);
      if (!caller.scopes.has('admin:approve')) throw new AppError('authority_exceeded');
    }
    const credential = await this.lock(tx, name);
    assertLive(credential);
    return credential;
  }

  private lockRequested(tx: EntityManager, { objectId }: ApprovalRequest): Promise<Credential> {
    return this.lock(tx, tenantObjectOf('crd', objectId));
  }

  /** @throws AppError object_not_found */
  private async lock(tx: EntityManager, name: CredentialName): Promise<Credential> {
    const [credential] = await this.credentials.lock(tx, [name]);
    if (!credential) throw new AppError('object_not_found');
    return credential;
  }

  private async request<Action extends 'credential.rotate' | 'credential.revoke'>(
    tx: EntityManager,
    { platformId, id }: Credential,
    what: {
      action: Action;
      summary: ApprovalSummaries[Action];
      payload?: object;
      audit: AuditContext;
    },
  ): Promise<ApprovalView> {
    return this.approvals.request(tx, { ...what, platformId, objectId: toTenantId('crd', platformId, id) });
  }

  private async describe(tx: EntityManager, credential: Credential) {
    const { platformId, id } = credential;
    const shown = { ...credential, id: toTenantId('crd', platformId, id) };
    return summaryOf(shown, await this.owners.find(tx, credential));
  }
}

function isOwn({ adminId, platformId }: Pick<Credential, 'adminId' | 'platformId'>, caller: Caller): boolean {
  return adminId !== null && toTenantId('adm', platformId, adminId) === caller.actorId;
}

type Described = Omit<NewCredential, 'platformId' | 'customerId' | 'adminId'> & {
  id: string | null;
  key: string | null;
};

function summaryOf(
  { id, key, kind, name, scopes, allowedCurrencies, allowedNetworks, expiresAt }: Described,
  owner: ApprovalSummaries['credential.issue']['credential']['owner'],
): ApprovalSummaries['credential.issue']['credential'] {
  const ends = expiresAt?.toISOString() ?? null;
  return { id, key, kind, name, owner, scopes, allowedCurrencies, allowedNetworks, expiresAt: ends };
}
