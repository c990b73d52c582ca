import type { PipeTransform } from '@nestjs/common';
import { Call, type CallContext } from '../../../http/call.decorator.js';
import { chunksOf } from '../../../http/raw-body.js';
import { AppError } from '../../../shared/app-error.js';

/** Query parameters of a bulk call. */
const OPTIONS = ['atomic', 'quiet'] as const;

type Option = (typeof OPTIONS)[number];

export interface BulkCall {
  call: CallContext;
  /** The body as a stream of chunks. */
  chunks: AsyncIterable<Buffer>;
  /** All lines or none. */
  isAtomic: boolean;
  /** Return only the verdicts of lines that were not done. */
  isQuiet: boolean;
}

const pipe: PipeTransform<CallContext, BulkCall> = {
  transform: (call) => {
    const query = call.request.query as Record<string, unknown>;
    const unknown = Object.keys(query).find((name) => !OPTIONS.includes(name as Option));
    if (unknown !== undefined) throw invalid(unknown, 'is not a parameter of this call', query[unknown]);
    const isOn = (name: Option): boolean => {
      const text = query[name] ?? 'false';
      if (text !== 'true' && text !== 'false') throw invalid(name, 'must be true or false', text);
      return text === 'true';
    };
    const options = { isAtomic: isOn('atomic'), isQuiet: isOn('quiet') };
    return { call, chunks: chunksOf(call.request), ...options };
  },
};

/** Injects a bulk call: a call with an NDJSON body. @throws AppError validation_failed, media_type_unsupported */
export const Bulk = (): ParameterDecorator => Call(pipe);

function invalid(path: string, message: string, invalidValue: unknown): AppError {
  return new AppError('validation_failed', {
    fields: [{ path, constraint: 'range', message, invalidValue }],
  });
}
