import { Readable } from 'node:stream';
import { Injectable, StreamableFile } from '@nestjs/common';
import { NDJSON_TYPE } from '../../../http/raw-body.js';
import { AtomicBulk } from './atomic-bulk.service.js';
import type { BulkCall } from './bulk-call.decorator.js';
import { IdleWatch } from './idle-watch.js';
import type { LineKind } from './line-kind.js';
import { StreamedBulk } from './streamed-bulk.service.js';

/** Size limit of the buffer for verdicts that the client has not read yet: about 10,000 lines. */
const BUFFERED_BYTES = 8 * 1024 * 1024;

export interface BulkResponse {
  status: number;
  file: StreamableFile;
}

/** Answers bulk calls. */
@Injectable()
export class BulkCalls {
  /** Time without any data sent or received after which the connection is closed. Tests set a lower value. */
  maxIdleMs = 5 * 60 * 1_000;

  constructor(
    private readonly streamed: StreamedBulk,
    private readonly atomic: AtomicBulk,
  ) {}

  /** The status is 409 when an atomic call executed no line. @throws AppError before the response begins */
  async answer<What, View>(kind: LineKind<What, View>, bulk: BulkCall): Promise<BulkResponse> {
    const watch = new IdleWatch(this.maxIdleMs, bulk.call.request.socket);
    const chunks = watch.over(bulk.chunks);
    if (!bulk.isAtomic) {
      const text = watch.over(this.streamed.answer(kind, { ...bulk, chunks }));
      return { status: 200, file: toFile(watch.untilEndOf(text)) };
    }
    // The idle watch ends with the body: the transaction may take longer than the limit, and the client is not idle
    // then.
    const { isDone, text } = await this.atomic.answer(kind, { ...bulk, chunks: watch.untilEndOf(chunks) });
    return { status: isDone ? 200 : 409, file: toFile([text]) };
  }
}

function toFile(text: AsyncIterable<string> | Iterable<string>): StreamableFile {
  const options = { objectMode: false, highWaterMark: BUFFERED_BYTES };
  return new StreamableFile(Readable.from(text, options), { type: NDJSON_TYPE });
}
