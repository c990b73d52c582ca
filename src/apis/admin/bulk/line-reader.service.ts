import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { CallContext } from '../../../http/call.decorator.js';
import { ErrorRenderer } from '../../../http/error-renderer.js';
import { readJsonLine } from '../../../http/raw-body.js';
import type { IdempotentRequest } from '../../../idempotency/idempotency.service.js';
import { AppError } from '../../../shared/app-error.js';
import type { Line } from '../../../shared/lines.js';
import { keyOf } from './line.dto.js';
import type { LineKind } from './line-kind.js';
import { type LineVerdict, toStoredVerdict } from './line-verdict.js';

/** A valid line, ready to be executed. */
export interface Order<What> {
  line: number;
  order: What;
  request: IdempotentRequest;
}

/** A line after parsing: an order, or the verdict when it is invalid. */
export type Read<What> = Order<What> | { verdict: LineVerdict };

/** Parses lines into orders, and renders errors as verdicts. */
@Injectable()
export class LineReader {
  constructor(private readonly renderer: ErrorRenderer) {}

  /** Never throws: a line that cannot be read gets a verdict. */
  async read<What, View>(
    kind: LineKind<What, View>,
    call: CallContext,
    { number, bytes }: Line,
  ): Promise<Read<What>> {
    let key: string | null = null;
    try {
      if (bytes === null) throw new AppError('payload_too_large');
      const plain = readJsonLine(bytes);
      key = keyOf(plain);
      const order = await kind.read(plain, call);
      if (key === null) throw new AppError('idempotency_key_malformed');
      const { platformId, id: scope } = call.caller;
      const fingerprint = createHash('sha256')
        .update(JSON.stringify([kind.path]))
        .update(bytes)
        .digest();
      return { line: number, order, request: { platformId, scope, key, fingerprint } };
    } catch (error) {
      return { verdict: this.refusal({ line: number, key }, error, call) };
    }
  }

  /** The verdict of a line that was refused or failed. */
  refusal({ line, key }: Pick<LineVerdict, 'line' | 'key'>, error: unknown, call: CallContext): LineVerdict {
    return { line, key, isReplayed: false, storedResponse: this.receiptOf(error, call) };
  }

  /** The stored verdict of an error. `failed` means that the same line may succeed when it is sent again. */
  receiptOf(error: unknown, { request }: CallContext): string {
    const { status, body } = this.renderer.render(error, request);
    return toStoredVerdict(status >= 500 || status === 429 ? 'failed' : 'refused', { error: body });
  }
}
