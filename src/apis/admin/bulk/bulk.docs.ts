import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { NDJSON_TYPE } from '../../../http/raw-body.js';
import type { ErrorCode } from '../../../shared/app-error.js';
import { MAX_ATOMIC_LINES } from './atomic-bulk.service.js';
import { BulkSummaryResponse, LineNotDoneResponse, RefusedLineResponse } from './verdict.dto.js';

/** Description of a bulk operation: its own text, and the text that all bulk operations share. */
export function describeBulk(what: string, refusals: readonly ErrorCode[]): string {
  const codes = [...new Set<ErrorCode>(['body_malformed', 'validation_failed', ...refusals])];
  return (
    `${what}\n\nThe body is NDJSON: one JSON object per line, of at most 64 KiB; empty lines are skipped. The response ` +
    'is NDJSON too: one verdict per line, in the order of the lines, and a summary at the end; a response without a ' +
    'summary was cut off. Verdicts are sent while lines are still received, so read them while you send: the server ' +
    'stops reading when 8 MiB of verdicts are waiting. A failed line does not affect another line.\n\nEach line has ' +
    'an idempotency key, stored for a day like those of `Idempotency-Key`: send a call that was cut off again ' +
    'unchanged, and executed lines are replayed, not executed again. Lines are executed concurrently; of two ' +
    'duplicates the first succeeds. Use `atomic` where the order matters otherwise.\n\nRefusals of a line: ' +
    `${codes.map((code) => `\`${code}\``).join(', ')}.`
  );
}

/** Documents the lines, the query parameters and the verdicts. */
export function BulkDocs(lines: readonly Type[], done: Type): MethodDecorator {
  const verdicts = [done, RefusedLineResponse, LineNotDoneResponse, BulkSummaryResponse];
  const content = (types: readonly Type[]) => ({ [NDJSON_TYPE]: { schema: oneOf(types) } });
  return applyDecorators(
    ApiExtraModels(...lines, ...verdicts),
    option('atomic', `All lines or none, one after the other; at most ${MAX_ATOMIC_LINES}, of 16 MiB.`),
    option('quiet', 'Return only the lines that failed, and the summary.'),
    ApiConsumes(NDJSON_TYPE),
    ApiBody({ required: true, description: 'Each line.', schema: oneOf(lines) }),
    ApiResponse({ status: 200, description: 'Each line.', content: content(verdicts) }),
    ApiResponse({
      status: 409,
      description: 'Each line, with `atomic=true` when one was refused: none was done.',
      content: content(verdicts),
    }),
  );
}

function oneOf(types: readonly Type[]): object {
  const references = types.map((type) => ({ $ref: getSchemaPath(type) }));
  const [only] = references;
  return references.length === 1 && only !== undefined ? only : { oneOf: references };
}

function option(name: string, description: string): MethodDecorator {
  return ApiQuery({ name, required: false, description, schema: { type: 'boolean', default: false } });
}
