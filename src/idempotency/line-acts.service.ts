import { Injectable } from '@nestjs/common';
import type { EntityManager } from 'typeorm';
import { UnitOfWork } from '../database/unit-of-work.js';
import { AppError, DECISIONS } from '../shared/app-error.js';
import { Gathering } from '../shared/gathering.js';
import {
  type Claim,
  ClaimLost,
  type FoundRecord,
  IdempotencyService,
  type IdempotentRequest,
} from './idempotency.service.js';

/** Records that are looked up in one statement. */
const MOST_AT_ONCE = 1_000;

/** One of many acts that came in one request, each under a key of its own. */
export interface LineAct<View> {
  request: IdempotentRequest;
  act(claim: Claim<View>): Promise<View>;
  /** What is answered to its success, as it is recorded. */
  receiptOf(view: View): string;
  /** What is answered to a refusal for good, as it is recorded. */
  receiptOfRefusal(error: AppError): string;
  /** Puts a refusal for good on the audit trail, where one is kept. */
  recordRefusal(tx: EntityManager, error: AppError): Promise<void>;
}

/** What is answered: now, or again. */
export interface LineAnswer {
  receipt: string;
  isReplayed: boolean;
}

/** Many idempotent acts side by side: what `IdempotencyInterceptor` does for a request, for each line of one. */
@Injectable()
export class LineActs {
  private readonly lookups: Gathering<IdempotentRequest, FoundRecord | null>;

  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly unitOfWork: UnitOfWork,
  ) {
    this.lookups = new Gathering((requests) => idempotency.findMany(requests), MOST_AT_ONCE);
  }

  /**
   * Acts, or finds what was answered before. A refusal for good is recorded and answered, not thrown.
   * @throws AppError idempotency_key_reused, and any refusal that leaves the key free
   */
  async do<View>(line: LineAct<View>): Promise<LineAnswer> {
    const known = await this.find(line.request);
    if (known !== null) return known;
    let receipt = '';
    const receiptOf = (view: View): string => (receipt = line.receiptOf(view));
    try {
      await line.act({ ...line.request, receiptOf });
      return { receipt, isReplayed: false };
    } catch (error) {
      return await this.settle(line, error);
    }
  }

  /** What each of them was answered before, if it was; idempotency_key_reused where its key was used otherwise. */
  async findAll(requests: readonly IdempotentRequest[]): Promise<(LineAnswer | AppError | null)[]> {
    const records = await this.idempotency.findMany(requests);
    return records.map((record) => {
      if (record === null) return null;
      return record.sameRequest ? replayed(record) : new AppError('idempotency_key_reused');
    });
  }

  /** Puts refusals of lines that were not done on the audit trail, all in one transaction; their keys stay free. */
  async recordRefusals(refusals: readonly ((tx: EntityManager) => Promise<void>)[]): Promise<void> {
    if (refusals.length === 0) return;
    await this.unitOfWork.run(async (tx) => {
      for (const record of refusals) await record(tx);
    });
  }

  private async find(request: IdempotentRequest): Promise<LineAnswer | null> {
    const record = await this.lookups.add(request);
    if (record === null) return null;
    if (!record.sameRequest) throw new AppError('idempotency_key_reused');
    return replayed(record);
  }

  private async settle<View>(line: LineAct<View>, error: unknown): Promise<LineAnswer> {
    if (!(error instanceof ClaimLost)) {
      if (!(error instanceof AppError && DECISIONS.has(error.code))) throw error;
      const receipt = line.receiptOfRefusal(error);
      if (await this.record(line, receipt, error)) return { receipt, isReplayed: false };
    }
    const twin = await this.find(line.request);
    if (twin !== null) return twin;
    // The twin that held the key is gone again, with its answer: this line may simply be sent once more.
    throw new AppError('service_unavailable');
  }

  /** The refusal's answer and its place on the audit trail, in one transaction. `false`: a twin holds the key. */
  private async record<View>(line: LineAct<View>, receipt: string, error: AppError): Promise<boolean> {
    try {
      await this.unitOfWork.run(async (tx) => {
        await this.idempotency.claim(tx, line.request, receipt);
        await line.recordRefusal(tx, error);
      });
      return true;
    } catch (failure) {
      if (failure instanceof ClaimLost) return false;
      throw failure;
    }
  }
}

function replayed({ receipt }: FoundRecord): LineAnswer {
  return { receipt, isReplayed: true };
}
