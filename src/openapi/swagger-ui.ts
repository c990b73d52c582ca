import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LRUCache } from 'lru-cache';
import { BearerStrategy } from '../auth/strategies/bearer.strategy.js';
import { KeySecretStrategy } from '../auth/strategies/key-secret.strategy.js';
import { Environment } from '../config/env.js';
import { preferredMediaType } from '../http/accept.js';
import { OneCredential, RoleAwareDocument, TabStorage, UnmadeChoices, withRole } from './docs-plugin.js';
import { API_DOCUMENTS, createDocument } from './documents.js';
import { visibleTo } from './role-filter.js';

export const DOCS_PATH = 'docs';
const JSON_TYPE = 'application/json; charset=utf-8';
/** Views of a document that are kept; each takes half a MiB. */
const MAX_VIEWS = 10;
/** The document that is shown by role. */
const BY_ROLE = 'admin';

/** Swagger UI at `/docs` with every API's document in its list, and the documents at `/openapi/<api>.json`. */
export function serveDocuments(app: INestApplication): void {
  const fastify = app.getHttpAdapter();
  const { isSandbox } = app.get(Environment);
  const documents = API_DOCUMENTS.filter(({ isOfSandbox = false }) => isSandbox || !isOfSandbox);
  const served = documents.map((api) => ({ name: api.name, get: once(() => drawUp(app, api)) }));
  for (const { name, get } of served) {
    fastify.get(`/openapi/${name}.json`, async (request: FastifyRequest, reply: FastifyReply) => {
      const body = name === BY_ROLE ? await shownTo(app, request, get()) : get().whole;
      return reply.type(JSON_TYPE).header('vary', 'Authorization, X-API-KEY, X-API-SECRET').send(body);
    });
  }
  // A browser is led to Swagger UI; a program learns where the documents are.
  fastify.get('/', async (request: FastifyRequest, reply: FastifyReply) => {
    const isBrowser =
      preferredMediaType(request.headers.accept, ['application/json', 'text/html']) === 'text/html';
    if (isBrowser) return reply.redirect(`/${DOCS_PATH}`);
    const documents = Object.fromEntries(served.map(({ name }) => [name, `/openapi/${name}.json`]));
    return reply.type(JSON_TYPE).send(JSON.stringify({ name: 'vostro', docs: `/${DOCS_PATH}`, documents }));
  });
  const [first] = served;
  if (first === undefined) throw new Error('there is no API to document');
  SwaggerModule.setup(DOCS_PATH, app, () => first.get().document, {
    explorer: true,
    raw: false,
    customSiteTitle: 'Vostro APIs',
    swaggerOptions: {
      urls: documents.map(({ name, title }) => ({ name: title, url: `/openapi/${name}.json` })),
      // Otherwise the choice of another document would end it; TabStorage says where it is stored.
      persistAuthorization: true,
      filter: true,
      displayRequestDuration: true,
      // Each operation shows its own shapes; a list of all of them took as long to draw as the rest of the page.
      defaultModelsExpandDepth: -1,
      tryItOutEnabled: true,
      // The validator badge would send the document's address to a host outside.
      validatorUrl: null,
      requestInterceptor: withRole,
      plugins: [TabStorage, RoleAwareDocument, OneCredential, UnmadeChoices],
    },
  });
}

interface Served {
  document: OpenAPIObject;
  /** The same as JSON. */
  whole: string;
  /** What a caller with these scopes sees of it, as JSON; there are as many as combinations of roles. */
  byScopes: LRUCache<string, string>;
}

function drawUp(app: INestApplication, api: (typeof API_DOCUMENTS)[number]): Served {
  const document = createDocument(app, api);
  return { document, whole: JSON.stringify(document), byScopes: new LRUCache({ max: MAX_VIEWS }) };
}

/** Created on first use: most servers never serve them, and creating them takes time and memory. */
function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

/**
 * The document that an admin may see. A request without an admin's credential gets the whole document, which is public.
 */
async function shownTo(
  app: INestApplication,
  request: FastifyRequest,
  { document, whole, byScopes }: Served,
): Promise<string> {
  const caller =
    (await app.get(BearerStrategy).validate(request)) ?? (await app.get(KeySecretStrategy).validate(request));
  if (caller?.kind !== 'admin') return whole;
  const scopes = [...caller.scopes].sort().join(' ');
  const visible = byScopes.get(scopes) ?? JSON.stringify(visibleTo(document, caller.scopes));
  byScopes.set(scopes, visible);
  return visible;
}
