import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ApprovalsService, type ApprovalView } from '../approvals/approvals.service.js';
import type { PlatformState } from '../approvals/approval-summary.js';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail, changeOf } from '../audit/audit-trail.service.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { listPage } from '../database/listing.js';
import { announceStatus, endSessions } from '../database/session-ending.js';
import { assertJurisdiction } from '../customers/known-jurisdiction.js';
import type { ApprovalRequest } from '../entities/approval-request.entity.js';
import {
  SYSTEM_PLATFORM_ID,
  type KycAgreement,
  Platform,
  type PlatformStatus,
} from '../entities/platform.entity.js';
import {
  type IdempotentCommand,
  IdempotentTransaction,
} from '../idempotency/idempotent-transaction.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import type { ListQuery, Page } from '../shared/listing.js';
import { parseSystemId, toSystemId } from '../shared/object-id.js';
import { assertNextState, type StateMachine } from '../shared/state-machine.js';
import { PLATFORM_LIST } from './platform-list.js';

export const PLATFORM_TRANSITIONS = ['verify', 'suspend'] as const;
export type PlatformTransition = (typeof PLATFORM_TRANSITIONS)[number];

/** `verify` needs an approval; it also ends a suspension. */
export const PLATFORM_MACHINE: StateMachine<PlatformStatus, PlatformTransition> = {
  verify: { from: ['pending', 'suspended'], to: 'verified' },
  suspend: { from: ['pending', 'verified'], to: 'suspended' },
};

export interface PlatformView {
  id: string;
  name: string;
  status: PlatformStatus;
  kycAgreement: KycAgreement;
  kycExpiryRestrictsDebits: boolean;
  homeJurisdictionCode: string | null;
  createdAt: Date;
  updatedAt: Date;
}

/** The changed platform, or the approval request that was created instead. */
export type PlatformOutcome = { platform: PlatformView } | { approval: ApprovalView };

export type NewPlatform = Pick<
  Platform,
  'name' | 'kycAgreement' | 'kycExpiryRestrictsDebits' | 'homeJurisdictionCode'
>;
export type PlatformChange = Partial<NewPlatform>;

/** Reads and changes platforms, the tenants of the bank. */
@Injectable()
export class PlatformsService implements OnModuleInit {
  constructor(
    private readonly dataSource: DataSource,
    private readonly transaction: IdempotentTransaction,
    private readonly approvals: ApprovalsService,
    private readonly trail: AuditTrail,
    private readonly feed: ChangeFeed,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.approvals.register('platform.verify', {
      lock: (tx, request) => lock(tx, platformIdOf(request)),
      execute: async (tx, request, audit) => {
        await this.move(tx, platformIdOf(request), 'verify', audit);
        return null;
      },
    });
    this.approvals.register('platform.amend', {
      lock: (tx, request) => lock(tx, platformIdOf(request)),
      execute: async (tx, request, audit) => {
        const { change } = request.payload as { change: PlatformChange };
        await this.change(tx, await lock(tx, platformIdOf(request)), change, { audit, action: 'amended' });
        return null;
      },
    });
  }

  list(query: ListQuery): Promise<Page<PlatformView>> {
    return listPage<PlatformView>(this.dataSource, PLATFORM_LIST, query);
  }

  /** @throws AppError object_not_found, also for the system tenant, which cannot be managed */
  async get(id: string): Promise<PlatformView> {
    const platform =
      id === SYSTEM_PLATFORM_ID ? null : await this.dataSource.manager.findOneBy(Platform, { id });
    if (platform === null) throw new AppError('object_not_found');
    return platform;
  }

  /** A new platform is `pending`. @throws AppError name_taken, validation_failed for an unknown jurisdiction */
  async create(
    wanted: NewPlatform,
    { audit, claim }: IdempotentCommand<PlatformView>,
  ): Promise<PlatformView> {
    return this.transaction.run<PlatformView>(claim, async (tx) => {
      await assertJurisdiction(tx, 'homeJurisdiction', wanted.homeJurisdictionCode);
      const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('platforms_id_seq') AS id`);
      const now = this.clock.now();
      const platform = tx.create(Platform, {
        ...wanted,
        id,
        status: 'pending',
        createdAt: now,
        updatedAt: now,
      });
      await tx.insert(Platform, platform);
      await this.trail.append(tx, {
        platformId: id,
        action: 'platform.created',
        objectId: toSystemId('plt', id),
        audit,
        after: wanted,
      });
      return platform;
    });
  }

  /**
   * A change of the KYC agreement or the home jurisdiction creates an approval request instead.
   * @throws AppError object_not_found, name_taken, validation_failed, approval_pending
   */
  async amend(
    id: string,
    change: PlatformChange,
    { audit, claim }: IdempotentCommand<PlatformOutcome>,
  ): Promise<PlatformOutcome> {
    return this.transaction.run<PlatformOutcome>(claim, async (tx) => {
      await assertJurisdiction(tx, 'homeJurisdiction', change.homeJurisdictionCode ?? null);
      const platform = await lock(tx, id);
      if (isDangerous(platform, change))
        return { approval: await this.ask(tx, platform, { action: 'platform.amend', change, audit }) };
      return { platform: await this.change(tx, platform, change, { audit, action: 'amended' }) };
    });
  }

  /**
   * Applies to every later opening, and ends the platform's sessions.
   * @throws AppError object_not_found, transition_not_allowed
   */
  async suspend(id: string, { audit, claim }: IdempotentCommand<PlatformView>): Promise<PlatformView> {
    return this.transaction.run<PlatformView>(claim, (tx) => this.move(tx, id, 'suspend', audit));
  }

  /** @throws AppError object_not_found, transition_not_allowed, approval_pending */
  async requestVerification(
    id: string,
    { audit, claim }: IdempotentCommand<ApprovalView>,
  ): Promise<ApprovalView> {
    return this.transaction.run<ApprovalView>(claim, async (tx) => {
      const platform = await lock(tx, id);
      const status = assertNextState(PLATFORM_MACHINE, platform.status, 'verify');
      return this.ask(tx, platform, { action: 'platform.verify', change: { status }, audit });
    });
  }

  private async ask(
    tx: EntityManager,
    platform: Platform,
    what: { action: 'platform.verify' | 'platform.amend'; change: Partial<Platform>; audit: AuditContext },
  ): Promise<ApprovalView> {
    const { action, change, audit } = what;
    const objectId = toSystemId('plt', platform.id);
    const summary = {
      platform: { id: objectId, name: platform.name },
      before: stateOf(platform),
      after: stateOf({ ...platform, ...change }),
    };
    return this.approvals.request(tx, {
      platformId: platform.id,
      action,
      objectId,
      payload: { change },
      summary,
      audit,
    });
  }

  private async move(
    tx: EntityManager,
    id: string,
    platformAct: PlatformTransition,
    audit: AuditContext,
  ): Promise<Platform> {
    const platform = await lock(tx, id);
    const status = assertNextState(PLATFORM_MACHINE, platform.status, platformAct);
    if (status === 'suspended') await endSessions(tx, { platformId: id }, this.clock.now());
    await announceStatus(tx, this.feed);
    return this.change(tx, platform, { status }, { audit, action: status });
  }

  private async change(
    tx: EntityManager,
    platform: Platform,
    change: Partial<Platform>,
    { audit, action }: { audit: AuditContext; action: string },
  ): Promise<Platform> {
    const states = changeOf(platform, change);
    const { id } = platform;
    const changed = { ...change, updatedAt: this.clock.now() };
    await tx.update(Platform, { id }, changed);
    await this.trail.append(tx, {
      platformId: id,
      action: `platform.${action}`,
      objectId: toSystemId('plt', id),
      audit,
      ...states,
    });
    return Object.assign(platform, changed);
  }
}

/** Whether the change affects the eligibility of customers or their effective jurisdiction. */
function isDangerous(platform: Platform, change: PlatformChange): boolean {
  const fields = ['kycAgreement', 'homeJurisdictionCode'] as const;
  return fields.some((field) => change[field] !== undefined && change[field] !== platform[field]);
}

function stateOf(platform: Platform): PlatformState {
  const { name, status, kycAgreement, kycExpiryRestrictsDebits, homeJurisdictionCode } = platform;
  return { name, status, kycAgreement, kycExpiryRestrictsDebits, homeJurisdiction: homeJurisdictionCode };
}

function platformIdOf({ objectId }: ApprovalRequest): string {
  const id = parseSystemId('plt', objectId);
  if (id === null) throw new Error(`${objectId} is not a platform`);
  return id;
}

async function lock(tx: EntityManager, id: string): Promise<Platform> {
  const where = { id };
  const platform = await tx.findOne(Platform, { where, lock: { mode: 'pessimistic_write' } });
  if (platform === null || id === SYSTEM_PLATFORM_ID) throw new AppError('object_not_found');
  return platform;
}
