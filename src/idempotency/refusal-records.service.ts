import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { type AuditRecord, AuditTrail } from '../audit/audit-trail.service.js';
import { Batcher, type BatchOutcome } from '../concurrency/batcher.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { RefusalSummaries } from './refusal-summaries.service.js';
import { type AnsweredRequest, IdempotencyService, keyNameOf } from './idempotency.service.js';

/** A refusal to record: its stored response under an idempotency key, its audit entry, or both. */
export interface RecordedRefusal {
  platformId: string;
  answered: AnsweredRequest | null;
  entry: AuditRecord | null;
  /** The code of a refusal whose entries are limited in number (RefusalSummaries). */
  limitedBy?: string;
}

/**
 * Records refusals, which have no other effect. Refusals submitted while a batch is written form the next batch and
 * share its transaction.
 */
@Injectable()
export class RefusalRecords {
  private readonly batcher = new Batcher<RecordedRefusal, boolean>({
    execute: (refusals, lockMode) => this.unitOfWork.runBatch(lockMode, (tx) => this.write(tx, refusals)),
    queueOf: ({ platformId }) => platformId,
    exclusiveKeysOf: ({ answered }) => (answered === null ? [] : [keyNameOf(answered.request)]),
  });

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly idempotency: IdempotencyService,
    private readonly trail: AuditTrail,
    private readonly summaries: RefusalSummaries,
  ) {}

  /** Resolves to `false`, with nothing recorded, when a concurrent request with the same idempotency key won. */
  async record(refusal: RecordedRefusal): Promise<boolean> {
    const entry = this.isAdmitted(refusal) ? refusal.entry : null;
    if (refusal.answered === null && entry === null) return true;
    return this.batcher.submit({ ...refusal, entry });
  }

  private isAdmitted({ entry, limitedBy }: RecordedRefusal): boolean {
    return entry === null || limitedBy === undefined || this.summaries.admits(entry, limitedBy);
  }

  private async write(
    tx: EntityManager,
    refusals: readonly RecordedRefusal[],
  ): Promise<BatchOutcome<boolean>[]> {
    const answered = refusals.map((refusal) => refusal.answered).filter((one) => one !== null);
    const claims = answered.length === 0 ? [] : await this.idempotency.claimMany(tx, answered);
    const won = new Set(answered.filter((_one, index) => claims[index]));
    const recorded = refusals.map((refusal) => refusal.answered === null || won.has(refusal.answered));
    const entries = refusals.filter((_refusal, index) => recorded[index]).map(({ entry }) => entry);
    await this.trail.appendMany(
      tx,
      entries.filter((entry) => entry !== null),
    );
    return recorded.map((result) => ({ result }));
  }
}
