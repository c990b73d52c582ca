import type { FastifyInstance } from 'fastify';
import { countHeader, type HeaderCarrier } from '../auth/headers.js';
import { AppError } from '../shared/app-error.js';

/** `uri-host [ ":" port ]` (RFC 9110 §7.2, RFC 3986 §3.2.2), or nothing. It has no user. */
const HOST = /^(?:\[[\w.:%~-]+\]|(?:[\w.~!$&'()*+,;=-]|%[\da-f]{2})*)(?::\d{0,5})?$/i;

/**
 * Refuses requests with a repeated or invalid `Host` (RFC 9112 §3.2): a proxy could have routed or allowed them by
 * another host than the server reads. Node refuses HTTP/1.1 without one.
 */
export function refuseInvalidHosts(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    done(hostRefusal(request) ?? undefined);
  });
}

/** @returns validation_failed, or `null` when the header is valid */
export function hostRefusal(request: HeaderCarrier): AppError | null {
  if (countHeader(request, 'host') > 1) return toRefusal('unique', 'must be sent once');
  const { host = '' } = request.headers;
  return HOST.test(host) ? null : toRefusal('characters', 'must be a host, with a port or without');
}

function toRefusal(constraint: 'unique' | 'characters', message: string): AppError {
  return new AppError('validation_failed', {
    fields: [{ path: 'Host', constraint, message, invalidValue: null }],
  });
}
