import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import { DEFAULT_LIMIT, MAX_LIMIT } from '../list-query.js';
import { IdParam } from '../path-ids.js';
import { STATEMENT_COLUMNS } from './statement-csv.js';
import { STATEMENT_FORMATS } from './statement-query.js';
import { StatementResponse } from './statement.dto.js';

const optional = (name: string, description: string, schema: object): MethodDecorator =>
  ApiQuery({ name, required: false, description, schema });

/** No example: Swagger UI would fill it in and send that period. */
const TIME = { type: 'string', format: 'date-time' };

/** Documents the call for a statement, and both forms of its answer. */
export function StatementDocs(): MethodDecorator {
  const csv = `${STATEMENT_COLUMNS.join(',')}\r\n`;
  return applyDecorators(
    IdParam('acc_1_1'),
    optional('from', 'Posted at this time or later; without it, from the beginning.', TIME),
    optional('until', 'Posted before this time; without it, all that is posted by now.', TIME),
    optional('limit', 'Lines on a page; CSV has no pages.', {
      type: 'integer',
      minimum: 1,
      maximum: MAX_LIMIT,
      default: DEFAULT_LIMIT,
    }),
    optional('cursor', '`nextCursor` of the page before. Opaque; the period goes with it.', {
      type: 'string',
    }),
    optional('format', 'Format of the response; overrides `Accept`.', {
      type: 'string',
      enum: STATEMENT_FORMATS,
    }),
    ApiExtraModels(StatementResponse),
    ApiOkResponse({
      description: 'A page of the statement, or as CSV the whole of it.',
      headers: {
        'Content-Disposition': {
          description: 'The name of the file; of CSV only.',
          schema: { type: 'string', pattern: '^attachment; filename="[\\w.-]+"$' },
          example: 'attachment; filename="statement-acc_1_1.csv"',
        },
      },
      content: {
        'application/json': { schema: { $ref: getSchemaPath(StatementResponse) } },
        'text/csv': { schema: { type: 'string' }, example: csv },
      },
    }),
  );
}

/** Documents the query parameters of a balance. */
export function BalanceDocs(): MethodDecorator {
  return applyDecorators(
    optional('at', 'At this moment; without it, now.', TIME),
    optional('effectiveDate', 'For this day and all before it; instead of `at`.', {
      type: 'string',
      format: 'date',
    }),
  );
}
