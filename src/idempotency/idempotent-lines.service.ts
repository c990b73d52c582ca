import { Injectable } from '@nestjs/common';
import type { AuditRecord } from '../audit/audit-trail.service.js';
import { AppError, DECISIONS } from '../shared/app-error.js';
import {
  type Claim,
  ClaimLost,
  type FoundRecord,
  IdempotencyService,
  type IdempotentRequest,
} from './idempotency.service.js';
import { RefusalRecords } from './refusal-records.service.js';

/** One of many acts that came in one request, each under a key of its own. */
export interface IdempotentLine<View> {
  request: IdempotentRequest;
  execute(claim: Claim<View>): Promise<View>;
  /** What is answered to its success, as it is recorded. */
  storedResponseOf(view: View): string;
  /** What is answered to a refusal for good, as it is recorded. */
  storedResponseOfRefusal(error: AppError): string;
  /** What the audit trail says of a refusal for good; `null`: nothing. */
  describeRefusal: (error: AppError) => Promise<AuditRecord | null>;
}

/** What is answered: now, or again. */
export interface LineAnswer {
  storedResponse: string;
  isReplayed: boolean;
}

/** Many idempotent acts side by side: what `IdempotencyGuard` does for a request, for each line of one. */
@Injectable()
export class IdempotentLines {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly refusals: RefusalRecords,
  ) {}

  /**
   * Acts, or finds what was answered before. A refusal for good is recorded and answered, not thrown.
   * @throws AppError idempotency_key_reused, and any refusal that leaves the key free
   */
  async run<View>(line: IdempotentLine<View>): Promise<LineAnswer> {
    const known = await this.find(line.request);
    if (known !== null) return known;
    let storedResponse = '';
    const storedResponseOf = (view: View): string => (storedResponse = line.storedResponseOf(view));
    try {
      await line.execute({ ...line.request, storedResponseOf });
      return { storedResponse, isReplayed: false };
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

  /** Puts refusals of lines that were not done on the audit trail; their keys stay free. */
  async recordRefusals(entries: readonly (AuditRecord | null)[]): Promise<void> {
    await Promise.all(
      entries
        .filter((entry) => entry !== null)
        .map((entry) => this.refusals.record({ platformId: entry.platformId, answered: null, entry })),
    );
  }

  private async find(request: IdempotentRequest): Promise<LineAnswer | null> {
    const record = await this.idempotency.find(request);
    if (record === null) return null;
    if (!record.sameRequest) throw new AppError('idempotency_key_reused');
    return replayed(record);
  }

  private async settle<View>(line: IdempotentLine<View>, error: unknown): Promise<LineAnswer> {
    if (!(error instanceof ClaimLost)) {
      if (!(error instanceof AppError && DECISIONS.has(error.code))) throw error;
      const storedResponse = line.storedResponseOfRefusal(error);
      if (await this.record(line, storedResponse, error)) return { storedResponse, isReplayed: false };
    }
    const winner = await this.find(line.request);
    if (winner !== null) return winner;
    // The concurrent request that held the key has rolled back: the client may send this line again.
    throw new AppError('service_unavailable');
  }

  /** The refusal's answer and its place on the audit trail, in one transaction. `false`: a concurrent request holds the key. */
  private async record<View>(
    { request, describeRefusal }: IdempotentLine<View>,
    storedResponse: string,
    error: AppError,
  ): Promise<boolean> {
    const entry = await describeRefusal(error);
    return this.refusals.record({
      platformId: request.platformId,
      answered: { request, storedResponse },
      entry,
    });
  }
}

function replayed({ storedResponse }: FoundRecord): LineAnswer {
  return { storedResponse, isReplayed: true };
}
