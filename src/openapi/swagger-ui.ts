import type { INestApplication } from '@nestjs/common';
import { SwaggerModule } from '@nestjs/swagger';
import { API_DOCUMENTS, createDocument } from './documents.js';

export const DOCS_PATH = 'docs';

/** Swagger UI at `/docs` with every API's document in its list, and the documents at `/openapi/<api>.json`. */
export function serveDocuments(app: INestApplication): void {
  const fastify = app.getHttpAdapter();
  for (const api of API_DOCUMENTS) {
    const body = JSON.stringify(createDocument(app, api));
    fastify.get(`/openapi/${api.name}.json`, (_request: unknown, reply: JsonReply) => {
      void reply.type('application/json; charset=utf-8').send(body);
    });
  }
  const [first] = API_DOCUMENTS;
  if (first === undefined) throw new Error('there is no API to document');
  SwaggerModule.setup(DOCS_PATH, app, () => createDocument(app, first), {
    explorer: true,
    raw: false,
    customSiteTitle: 'Vostro APIs',
    swaggerOptions: {
      urls: API_DOCUMENTS.map(({ name, title }) => ({ name: title, url: `/openapi/${name}.json` })),
      persistAuthorization: true,
      filter: true,
      displayRequestDuration: true,
      tryItOutEnabled: true,
      // The validator badge would send the document's address to a host outside.
      validatorUrl: null,
    },
  });
}

interface JsonReply {
  type(contentType: string): JsonReply;
  send(body: string): unknown;
}
