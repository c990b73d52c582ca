import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { NDJSON_TYPE } from '../../../http/raw-body.js';
import { AtomicBulk } from './atomic-bulk.service.js';
import type { BulkCall } from './bulk-call.decorator.js';
import type { LineKind } from './line-kind.js';
import { StreamedBulk } from './streamed-bulk.service.js';

/** Verdicts that wait for a caller who does not take them yet: those of some 10,000 lines. */
const BUFFERED_BYTES = 8 * 1024 * 1024;

export interface BulkAnswer {
  status: number;
  file: StreamableFile;
}

/** Answers calls of many lines. */
@Injectable()
export class BulkCalls {
  constructor(
    private readonly streamed: StreamedBulk,
    private readonly atomic: AtomicBulk,
  ) {}

  /** 409 when all lines were wanted or none, and it was none. @throws AppError before the answer begins */
  async answer<What, View>(kind: LineKind<What, View>, bulk: BulkCall): Promise<BulkAnswer> {
    if (!bulk.isAtomic) return { status: 200, file: toFile(this.streamed.answer(kind, bulk)) };
    const { isDone, text } = await this.atomic.answer(kind, bulk);
    return { status: isDone ? 200 : 409, file: toFile([text]) };
  }
}

function toFile(text: AsyncIterable<string> | Iterable<string>): StreamableFile {
  const options = { objectMode: false, highWaterMark: BUFFERED_BYTES };
  return new StreamableFile(Readable.from(text, options), { type: NDJSON_TYPE });
}
