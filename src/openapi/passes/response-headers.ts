import type { OpenAPIObject } from '@nestjs/swagger';
import { NO_STORE } from '../../http/response-headers.js';
import { CONSTANT_HEADER_MARK, type ConstantHeader } from '../../http/constant-header.decorator.js';
import { callsOf, type HeaderObjects, type Operation, responsesOf } from '../openapi-types.js';

const HEADERS: HeaderObjects = {
  CacheControl: {
    description: 'The answer is of one tenant: nothing on its way may keep it.',
    required: true,
    schema: { type: 'string', enum: [NO_STORE] },
    example: NO_STORE,
  },
  RequestId: {
    description: 'Names the request: the one that was sent when it is a UUID, else a new one.',
    required: true,
    schema: { type: 'string', format: 'uuid' },
    example: '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10',
  },
  IdempotentReplayed: {
    description: 'There when this is the first answer to the same request under the same key, given again.',
    schema: { type: 'string', enum: ['true'] },
    example: 'true',
  },
  RetryAfter: {
    description: 'Seconds after which another try makes sense.',
    required: true,
    schema: { type: 'integer', minimum: 0 },
    example: 1,
  },
  RateLimitPolicy: {
    description:
      'The rate limits of this call (draft-ietf-httpapi-ratelimit-headers): `q` requests in each window of `w` seconds.',
    schema: { type: 'string' },
    example: '"address";q=100000;w=10, "credential";q=50000;w=10',
  },
  RateLimit: {
    description: 'What is left of them: `r` requests for the next `t` seconds.',
    schema: { type: 'string' },
    example: '"address";r=99999;t=10, "credential";r=49999;t=10',
  },
  Challenge: {
    description: 'How to authenticate (RFC 9110 §11.6.1).',
    required: true,
    schema: { type: 'string', pattern: '^(ApiKey|Bearer) realm="vostro"$' },
    example: 'Bearer realm="vostro"',
  },
};

/** The challenge of an API that also takes HTTP Basic; browsers are not offered it. */
const BASIC_OR_BEARER = {
  ...HEADERS.Challenge,
  schema: { type: 'string' as const, pattern: '^(Basic realm="vostro", )?Bearer realm="vostro"$' },
  example: 'Basic realm="vostro", Bearer realm="vostro"',
};

/** Documents the headers that responses carry, by status. */
export function documentHeaders(document: OpenAPIObject): void {
  for (const { operation } of callsOf(document)) {
    for (const [status, response] of responsesOf(operation))
      response.headers = { ...headersOf(operation, Number(status)), ...response.headers };
    Reflect.deleteProperty(operation, CONSTANT_HEADER_MARK);
  }
  const used = JSON.stringify(document.paths);
  const schemes = Object.values(document.components?.securitySchemes ?? {});
  const takesBasic = schemes.some((scheme) => 'scheme' in scheme && scheme.scheme === 'basic');
  const headers = takesBasic ? { ...HEADERS, Challenge: BASIC_OR_BEARER } : HEADERS;
  const named = Object.entries(headers).filter(([name]) => used.includes(`"${reference(name).$ref}"`));
  document.components = { ...document.components, headers: Object.fromEntries(named) };
}

function headersOf(operation: Operation, status: number): HeaderObjects {
  return {
    ...constantHeader(operation, status),
    'Cache-Control': reference('CacheControl'),
    'X-Request-Id': reference('RequestId'),
    'RateLimit-Policy': reference('RateLimitPolicy'),
    RateLimit: reference('RateLimit'),
    ...(status === 401 ? { 'WWW-Authenticate': reference('Challenge') } : {}),
    ...(status === 429 || status === 503 ? { 'Retry-After': reference('RetryAfter') } : {}),
    ...(isReplayable(operation, status) ? { 'Idempotent-Replayed': reference('IdempotentReplayed') } : {}),
  };
}

/** On every answer that succeeds, and on refusals but those that come before the call reaches its handler. */
function constantHeader(operation: Operation, status: number): HeaderObjects {
  const header = Reflect.get(operation, CONSTANT_HEADER_MARK) as ConstantHeader | undefined;
  if (header === undefined) return {};
  const { name, value, description } = header;
  const required = status < 400;
  return { [name]: { description, required, schema: { type: 'string', enum: [value] }, example: value } };
}

const reference = (name: string): { $ref: string } => ({
  $ref: `#/components/headers/${name}`,
});

/**
 * Responses that decide are stored under the idempotency key; authentication errors, malformed requests and outages are
 * not.
 */
function isReplayable({ parameters = [] }: Operation, status: number): boolean {
  const takesKey = parameters.some(
    (parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key',
  );
  return takesKey && (status < 400 || [400, 403, 404, 409].includes(status));
}
