import type { INestApplication, Type } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { AdminApiModule } from '../apis/admin/admin-api.module.js';
import { OwnerApiModule } from '../apis/owner/owner-api.module.js';
import { PLATFORM_BASE } from '../apis/platform/errors.js';
import { PlatformApiModule } from '../apis/platform/platform-api.module.js';
import { SandboxApiModule } from '../apis/sandbox/sandbox-api.module.js';
import { WorkspaceApiModule } from '../apis/workspace/workspace-api.module.js';
import { ADMIN_SCOPES, SCOPES } from '../auth/caller.js';
import { VERSION } from '../config/version.js';
import { foldBasePath } from './passes/base-path.js';
import { addBodyExamples } from './passes/body-examples.js';
import { listErrors } from './passes/error-catalogue.js';
import { closeRequests } from './passes/closed-requests.js';
import { documentHeaders } from './passes/response-headers.js';
import { nameSecuritySchemes } from './passes/security-schemes.js';
import { shareParts } from './passes/shared-parts.js';
import { describeTags } from './passes/tags.js';
import { documentWebhooks } from './passes/webhooks.js';

const OPENAPI_VERSION = '3.1.1';

interface ApiDocument {
  /** As in `/openapi/<name>.json`. */
  name: string;
  title: string;
  module: Type;
  /** Only a sandbox has it. */
  isOfSandbox?: boolean;
  describe(builder: DocumentBuilder): DocumentBuilder;
  finish?(document: OpenAPIObject): void;
}

/** One document per API, in the order of Swagger UI's list. */
export const API_DOCUMENTS: readonly ApiDocument[] = [
  {
    name: 'owner',
    title: 'Owner API',
    module: OwnerApiModule,
    describe: (builder) =>
      apiKeys(builder).setDescription(
        'For a customer with an API key: one account per currency, in the currencies that are enabled where the ' +
          'customer is.\n\nAmounts are JSON numbers in major units, exact. Errors are problem details (RFC 9457) ' +
          'with a stable `code`.',
      ),
  },
  {
    name: 'workspace',
    title: 'Workspace API',
    module: WorkspaceApiModule,
    describe: (builder) =>
      builder
        .addBearerAuth(
          { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token.' },
          'accessToken',
        )
        .addBearerAuth(
          { type: 'http', scheme: 'bearer', description: 'Refresh token, for POST /sessions/tokens.' },
          'refreshToken',
        )
        .setDescription(
          'For the holder behind a workspace: accounts of products, once the holder’s identity check (KYC) is ' +
            'complete.\n\nAmounts are integers in minor units. Errors are `{errorCode, message}`.',
        ),
  },
  {
    name: 'platform',
    title: 'Platform API',
    module: PlatformApiModule,
    describe: (builder) =>
      apiKeys(builder)
        .addBasicAuth(
          { type: 'http', scheme: 'basic', description: 'Key as user name, secret as password.' },
          'basic',
        )
        .addBearerAuth(
          { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From POST /oauth/token.' },
          'bearer',
        )
        .addOAuth2(clientCredentials(SCOPES), 'oauth2')
        .setDescription(
          'For a platform that opens accounts under its customers.\n\nThe whole API is served a second time below ' +
            `\`${PLATFORM_BASE}\`: choose that server to call it there. Amounts are JSON numbers in major units, exact.`,
        ),
    finish: foldBasePath,
  },
  {
    name: 'admin',
    title: 'Admin API',
    module: AdminApiModule,
    describe: (builder) =>
      apiKeys(builder)
        .addBearerAuth(
          { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'From POST /oauth/token.' },
          'bearer',
        )
        .addOAuth2(clientCredentials(ADMIN_SCOPES), 'oauth2')
        .addApiKey(
          { type: 'apiKey', in: 'header', name: 'Webhook-Signature', description: 'Of a KYC provider.' },
          'webhookSignature',
        )
        .setDescription(
          'For admins. A viewer reads; an operator also changes; an approver also decides requests of other admins. ' +
            'Once authorised, this page shows the operations of your role.\n\nEvery change needs a reason and is ' +
            'recorded in the audit trail. Dangerous changes answer 202 with a request that another approver decides. ' +
            'Errors are problem details (RFC 9457) with a stable `code`.',
        ),
    finish: (document) => {
      closeRequests(document);
      documentWebhooks(document);
    },
  },
  {
    name: 'sandbox',
    title: 'Sandbox API',
    module: SandboxApiModule,
    isOfSandbox: true,
    describe: (builder) =>
      builder
        .addBearerAuth(
          { type: 'http', scheme: 'bearer', description: 'The token the sandbox was started with.' },
          'sandboxToken',
        )
        .setDescription(
          'For tests, in a sandbox only: its clock, platforms for parallel workers, and resets. Errors are problem ' +
            'details (RFC 9457) with a stable `code`.',
        ),
  },
];

/** The OpenAPI document of one API. */
export function createDocument(app: INestApplication, api: ApiDocument): OpenAPIObject {
  const builder = new DocumentBuilder()
    .setOpenAPIVersion(OPENAPI_VERSION)
    .setTitle(`Vostro ${api.title}`)
    .setVersion(VERSION)
    .setLicense('Apache-2.0', 'https://www.apache.org/licenses/LICENSE-2.0')
    .addServer('/', 'This server');
  const document = SwaggerModule.createDocument(app, api.describe(builder).build(), {
    include: [api.module],
  });
  api.finish?.(document);
  nameSecuritySchemes(document, api.name);
  describeTags(document);
  documentHeaders(document);
  addBodyExamples(document);
  listErrors(document);
  shareParts(document);
  return document;
}

function clientCredentials(scopes: readonly string[]): Parameters<DocumentBuilder['addOAuth2']>[0] {
  const named = Object.fromEntries(scopes.map((scope) => [scope, scope.replace(':', ', ')]));
  return {
    type: 'oauth2',
    description: 'Key as client id, secret as client secret.',
    flows: { clientCredentials: { tokenUrl: '/oauth/token', scopes: named } },
  };
}

function apiKeys(builder: DocumentBuilder): DocumentBuilder {
  return builder
    .addApiKey({ type: 'apiKey', in: 'header', name: 'X-API-KEY', description: 'The key.' }, 'apiKey')
    .addApiKey(
      { type: 'apiKey', in: 'header', name: 'X-API-SECRET', description: 'Its secret.' },
      'apiSecret',
    );
}
