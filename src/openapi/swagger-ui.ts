import type { INestApplication } from '@nestjs/common';
import { type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { BearerStrategy } from '../auth/strategies/bearer.strategy.js';
import { KeySecretStrategy } from '../auth/strategies/key-secret.strategy.js';
import { Environment } from '../config/env.js';
import { RoleAwareDocument, withRole } from './docs-plugin.js';
import { API_DOCUMENTS, createDocument } from './documents.js';
import { visibleTo } from './role-filter.js';

export const DOCS_PATH = 'docs';
const JSON_TYPE = 'application/json; charset=utf-8';
/** The document that is shown by role. */
const BY_ROLE = 'admin';

/** Swagger UI at `/docs` with every API's document in its list, and the documents at `/openapi/<api>.json`. */
export function serveDocuments(app: INestApplication): void {
  const fastify = app.getHttpAdapter();
  const { isSandbox } = app.get(Environment);
  const documents = API_DOCUMENTS.filter(({ isOfSandbox = false }) => isSandbox || !isOfSandbox);
  for (const api of documents) {
    const document = createDocument(app, api);
    const whole = JSON.stringify(document);
    fastify.get(`/openapi/${api.name}.json`, async (request: FastifyRequest, reply: FastifyReply) => {
      const body = api.name === BY_ROLE ? await shownTo(app, request, { document, whole }) : whole;
      return reply.type(JSON_TYPE).header('vary', 'Authorization, X-API-KEY, X-API-SECRET').send(body);
    });
  }
  const [first] = documents;
  if (first === undefined) throw new Error('there is no API to document');
  SwaggerModule.setup(DOCS_PATH, app, () => createDocument(app, first), {
    explorer: true,
    raw: false,
    customSiteTitle: 'Vostro APIs',
    swaggerOptions: {
      urls: documents.map(({ name, title }) => ({ name: title, url: `/openapi/${name}.json` })),
      persistAuthorization: true,
      filter: true,
      displayRequestDuration: true,
      // Each operation shows its own shapes; a list of all of them took as long to draw as the rest of the page.
      defaultModelsExpandDepth: -1,
      tryItOutEnabled: true,
      // The validator badge would send the document's address to a host outside.
      validatorUrl: null,
      requestInterceptor: withRole,
      plugins: [RoleAwareDocument],
    },
  });
}

/** What an admin may see; who shows no credential of an admin sees the whole, which is no secret. */
async function shownTo(
  app: INestApplication,
  request: FastifyRequest,
  { document, whole }: { document: OpenAPIObject; whole: string },
): Promise<string> {
  const caller =
    (await app.get(BearerStrategy).validate(request)) ?? (await app.get(KeySecretStrategy).validate(request));
  return caller?.kind === 'admin' ? JSON.stringify(visibleTo(document, caller.scopes)) : whole;
}
