import { type Part, resolve } from '../api-documents';
import { answerFaults } from './answer-check';
import { ClosedSchemas } from './closed-schemas';
import type { ConformingApi, Exchange } from './exchange';
import { requestFaults } from './request-check';
import { type Met, Routes } from './routes';

const BODY_SHOWN = 400;
/** How a server may answer where it serves nothing. */
const NOT_SERVED: readonly number[] = [404, 405];

interface Api extends ConformingApi {
  routes: Routes;
  schemas: ClosedSchemas;
}

/** Holds exchanges against the documents of the APIs that they belong to. */
export class Conformance {
  private readonly apis: Api[];

  constructor(apis: readonly ConformingApi[]) {
    this.apis = apis.map((api) => ({
      ...api,
      routes: new Routes(api.document),
      schemas: new ClosedSchemas(api.document),
    }));
  }

  /** @returns what is wrong, for people; nothing when all is well, or the path is no API's */
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
  // The header that only a sandbox looks at is in no contract; what is said of it comes in the API's own error shape.
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

/** A repeated Host, or one with user information: HTTP demands 400 for it (RFC 9112 §3.2) on every path. */
function hasInvalidHost({ sent }: Exchange): boolean {
  return /[@\s,]/.test(sent.host ?? '');
}

/** Where nothing is served, the answer is still the API's: its error, and at a 405 the methods that are. */
function notServed(api: Api, exchange: Exchange): string[] {
  if (exchange.status === 400 && hasInvalidHost(exchange)) return refusalFaults(api, exchange, {});
  if (!NOT_SERVED.includes(exchange.status)) return ['no such operation is declared'];
  const allow = { required: true, schema: { type: 'string', pattern: '^[A-Z]+(, [A-Z]+)*$' } };
  return refusalFaults(api, exchange, exchange.status === 405 ? { Allow: allow } : {});
}

/** Whether an answer that no operation declares is an error of this API at least. */
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
