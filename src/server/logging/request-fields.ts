import type { FastifyBaseLogger, FastifyRequest } from 'fastify';
import type { CallerRequest } from '../../auth/caller.js';
import { toSystemId } from '../../shared/object-id.js';

const REQUEST = Symbol('the request of a logger');

interface RequestLogger {
  [REQUEST]?: FastifyRequest & CallerRequest;
}

/** A logger for one request. Pino's `child` would serialise fields for each request that logs a single line. */
export function loggerOfOneRequest(logger: FastifyBaseLogger): FastifyBaseLogger {
  return Object.create(logger) as FastifyBaseLogger;
}

/** From now on the lines of `request.log` name the request. */
export function nameRequestInLog(request: FastifyRequest): void {
  (request.log as RequestLogger)[REQUEST] = request;
}

/** Fields of each line of a request's logger: read when the line is written, because the caller is found in between. */
export function fieldsOfRequest(logger: object): object {
  const request = (logger as RequestLogger)[REQUEST];
  if (request === undefined) return {};
  const { id, user } = request;
  if (user === undefined) return { requestId: id };
  return { requestId: id, actor: user.actorId, tenant: toSystemId('plt', user.platformId) };
}
