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

/** One of several commands in one request, each with its own idempotency key. */
export interface IdempotentLine<View> {
  request: IdempotentRequest;
  execute(claim: Claim<View>): Promise<View>;
  /** The response to store for a success. */
  storedResponseOf(view: View): string;
  /** The response to store for a final refusal. */
  storedResponseOfRefusal(error: AppError): string;
  /** The audit entry of a final refusal; `null`: none. */
  describeRefusal: (error: AppError) => Promise<AuditRecord | null>;
}

/** The response of a line. `isReplayed`: it is the stored response of an earlier request. */
export interface LineAnswer {
  storedResponse: string;
  isReplayed: boolean;
}

/** Does for each line of a request what `IdempotencyGuard` does for a whole request. */
@Injectable()
export class IdempotentLines {
  constructor(
    private readonly idempotency: IdempotencyService,
    private readonly refusals: RefusalRecords,
  ) {}

  /**
   * Executes the line, or returns its stored response. A final refusal (`DECISIONS`) is stored and returned, not
   * thrown.
   * @throws AppError idempotency_key_reused, and any refusal that does not use up the key
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

  /** The stored response of each; `null`: none; idempotency_key_reused: its key was used for a different request. */
  async findAll(requests: readonly IdempotentRequest[]): Promise<(LineAnswer | AppError | null)[]> {
    const records = await this.idempotency.findMany(requests);
    return records.map((record) => {
      if (record === null) return null;
      return record.sameRequest ? replayed(record) : new AppError('idempotency_key_reused');
    });
  }

  /** Appends refusals of lines that were not executed to the audit trail. Their keys stay free. */
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
    // The concurrent request that held the key has rolled back: the client may retry this line.
    throw new AppError('service_unavailable');
  }

  /** Writes the response and the audit entry in one transaction. `false`: a concurrent request holds the key. */
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
