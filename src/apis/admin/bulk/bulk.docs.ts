import { applyDecorators, type Type } from '@nestjs/common';
import { ApiBody, ApiConsumes, ApiExtraModels, ApiQuery, ApiResponse, getSchemaPath } from '@nestjs/swagger';
import { NDJSON_TYPE } from '../../../http/raw-body.js';
import type { ErrorCode } from '../../../shared/app-error.js';
import { MAX_ATOMIC_LINES } from './atomic-bulk.service.js';
import { BulkSummaryResponse, LineNotDoneResponse, RefusedLineResponse } from './verdict.dto.js';

/** What a bulk call does, in the words that both share. */
export function describeBulk(what: string, refusals: readonly ErrorCode[]): string {
  const codes = [...new Set<ErrorCode>(['body_malformed', 'validation_failed', ...refusals])];
  return (
    `${what}\n\nThe body is NDJSON: a JSON object a line, of at most 64 KiB; empty lines are passed over. The answer is ` +
    'NDJSON as well: a verdict a line, in the order of the lines, and a summary at the end; an answer without summary ' +
    'broke off. Verdicts go out while lines still come in, so take them while you send: a caller who takes none is ' +
    'read no further once 8 MiB of them wait. What one line meets is no matter of the others.\n\nEach line has a key ' +
    'of its own, kept for a day as those of `Idempotency-Key` are: send a broken-off call again as it was, and what ' +
    'was done is told again, not done again. Lines are done side by side; of two that cannot both be done because ' +
    'they are the same, the first is. Where the order of others matters, ask for `atomic`.\n\nRefusals of a line: ' +
    `${codes.map((code) => `\`${code}\``).join(', ')}.`
  );
}

/** Documents the lines, the options and the verdicts of a bulk operation. */
export function BulkDocs(lines: readonly Type[], done: Type): MethodDecorator {
  const verdicts = [done, RefusedLineResponse, LineNotDoneResponse, BulkSummaryResponse];
  const content = (types: readonly Type[]) => ({ [NDJSON_TYPE]: { schema: oneOf(types) } });
  return applyDecorators(
    ApiExtraModels(...lines, ...verdicts),
    option('atomic', `All lines or none, one after the other; at most ${MAX_ATOMIC_LINES}, of 16 MiB.`),
    option('quiet', 'Tells only of lines that were not done, and the summary.'),
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
