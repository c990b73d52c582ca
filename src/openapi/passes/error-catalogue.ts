import type { OpenAPIObject } from '@nestjs/swagger';
import type { ErrorCode } from '../../shared/app-error.js';
import { callsOf, responsesOf } from '../openapi-types.js';
import { REMEDIES } from '../remedies.js';

/** Properties of an error body that identify the error, for all APIs. */
interface ErrorBody {
  code?: string;
  errorCode?: string;
  i18nKey?: string;
  detail?: string;
  message?: string;
}

/**
 * Puts a table of every refusal of the API into its description: its code as it is on the wire, what it says, and what
 * the caller can do. Must run while each refusal still has its examples beside it.
 */
export function listErrors(document: OpenAPIObject): void {
  const rows = new Map<string, string>();
  for (const { operation } of callsOf(document)) {
    for (const [status, { content = {} }] of responsesOf(operation)) {
      const examples = Object.values(content).flatMap(({ examples = {} }) => Object.entries(examples));
      // A variant of a success is an example as well, and no refusal.
      const refusals = examples.filter(
        (entry): entry is [ErrorCode, { value: ErrorBody }] => entry[0] in REMEDIES,
      );
      for (const [code, { value }] of refusals) rows.set(code, toRow(status, code, value));
    }
  }
  const heading = '| status | code | what it says | what to do |\n| --- | --- | --- | --- |';
  document.info.description = [
    document.info.description,
    '**Refusals.** Programs should go by the status and the code; the words may change.',
    [heading, ...[...rows.values()].sort()].join('\n'),
  ].join('\n\n');
}

function toRow(status: string, code: ErrorCode, body: ErrorBody): string {
  const onWire = body.code ?? body.errorCode ?? body.i18nKey ?? '';
  return `| ${status} | \`${onWire}\` | ${body.detail ?? body.message ?? ''} | ${REMEDIES[code]} |`;
}
