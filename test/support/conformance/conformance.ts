import { type Part, resolve } from '../api-documents';
import { answerFaults } from './answer-check';
import { ClosedSchemas } from './closed-schemas';
import type { ConformingApi, Exchange } from './exchange';
import { requestFaults } from './request-check';
import { type Met, Routes } from './routes';

const BODY_SHOWN = 400;
/** The statuses of a response where no operation exists. */
const NOT_SERVED: readonly number[] = [404, 405];

interface Api extends ConformingApi {
  routes: Routes;
  schemas: ClosedSchemas;
}

/** Checks exchanges against the documents of their APIs. */
export class Conformance {
  private readonly apis: Api[];

  constructor(apis: readonly ConformingApi[]) {
    this.apis = apis.map((api) => ({
      ...api,
      routes: new Routes(api.document),
      schemas: new ClosedSchemas(api.document),
    }));
  }

  /** @returns readable descriptions of the faults; none when the exchange conforms, or the path belongs to no API */
  faultsOf(exchange: Exchange): string[] {
    const path = exchange.url.split('?', 1)[0] ?? '';
    const api = this.apis.find(({ roots }) =>
      roots.some((root) => path === root || path.startsWith(`${root}/`)),
    );
    if (api === undefined) return [];
    const met = api.routes.find(exchange.method, path);
    const faults = met === null ? notServed(api, exchange) : served(api, met, exchange);
    if (faults.length === 0) return [];
    const what = met === null ? path : `${met.path} (${String(met.operation.operationId)})`;
    const shown = exchange.text?.slice(0, BODY_SHOWN) ?? '';
    return faults.map(
      (fault) => `${api.name}: ${exchange.method} ${what} ${exchange.status}: ${fault}\n    ${shown}`,
    );
  }
}

function served({ document, schemas }: Api, met: Met, exchange: Exchange): string[] {
  const response = resolve(document, met.operation.responses[exchange.status]);
  // The forcing header of a sandbox is in no contract; a refusal of it has the API's own error shape.
  const isBesideTheContract = 'vostro-sandbox' in exchange.sent || hasInvalidHost(exchange);
  if (response === undefined && exchange.status === 400 && isBesideTheContract)
    return refusalFaults({ document, schemas }, exchange, {});
  if (response === undefined) return ['the status is not declared'];
  const isAccepted = exchange.status >= 200 && exchange.status < 300;
  return [
    ...answerFaults(document, schemas, response, exchange),
    ...(isAccepted ? requestFaults(schemas, met, exchange) : []),
  ];
}

/** A repeated or invalid Host, for which HTTP demands 400 in every operation (RFC 9112 §3.2). */
function hasInvalidHost({ sent }: Exchange): boolean {
  return /[@\s,]/.test(sent.host ?? '');
}

/** Where no operation exists, the response must be the API's error, with Allow at a 405. */
function notServed(api: Api, exchange: Exchange): string[] {
  if (exchange.status === 400 && hasInvalidHost(exchange)) return refusalFaults(api, exchange, {});
  if (!NOT_SERVED.includes(exchange.status)) return ['no such operation is declared'];
  const allow = { required: true, schema: { type: 'string', pattern: '^[A-Z]+(, [A-Z]+)*$' } };
  return refusalFaults(api, exchange, exchange.status === 405 ? { Allow: allow } : {});
}

/** Checks that a response that no operation declares is an error of this API. */
function refusalFaults(
  { document, schemas }: Pick<Api, 'document' | 'schemas'>,
  exchange: Exchange,
  more: Record<string, Part>,
): string[] {
  const [anyOperation] = Object.values<Part>(document.paths).flatMap((item) =>
    Object.values<Part>(item).filter((operation) => operation.responses?.['401'] !== undefined),
  );
  const { content, headers } = resolve(document, anyOperation?.responses['401']);
  const ofEveryAnswer = Object.entries<Part>(headers).filter(([name]) => name !== 'WWW-Authenticate');
  return answerFaults(
    document,
    schemas,
    { content, headers: { ...Object.fromEntries(ofEveryAnswer), ...more } },
    exchange,
  );
}
