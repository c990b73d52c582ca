import type { FastifyReply } from 'fastify';
import { isBelow, type RenderedError } from '../http/api-shape.js';
import { type ErrorRenderer, pathOf } from '../http/error-renderer.js';
import { AppError } from '../shared/app-error.js';
import { type RejectionReason, REJECTION_REASONS } from './concurrency-limiter.js';

/** Never rejected: operators need these most under overload, and they are cheap. */
const ALWAYS_SERVED = ['/health', '/metrics', '/docs', '/openapi', '/.well-known'];
const JSON_TYPE = 'application/json; charset=utf-8';

/** Spread out, so that requests rejected together are not retried together. */
const RETRY_AFTER_SECONDS = [1, 2, 3];

/** Created once: thousands are thrown per second, and their stack traces carry no information. */
const REJECTIONS = new Map(
  REJECTION_REASONS.map((reason) => {
    const code = reason === 'credential_share' ? 'rate_limited' : 'service_unavailable';
    return [
      reason,
      RETRY_AFTER_SECONDS.map((retryAfterSeconds) => new AppError(code, { retryAfterSeconds })),
    ];
  }),
);

export function toRejection(reason: RejectionReason): AppError {
  const rejections = REJECTIONS.get(reason) ?? [];
  const rejection = rejections[Math.floor(Math.random() * rejections.length)];
  if (rejection === undefined) throw new Error(`no rejection for ${reason}`);
  return rejection;
}

export function isAlwaysServed(url: string): boolean {
  return isBelow(pathOf(url), ...ALWAYS_SERVED);
}

export type Rejection = Pick<RenderedError, 'status' | 'headers'> & { text: string };

/** The response to a request that reaches no handler, in the shape of the API that was called. */
export function presentRejection(
  renderer: ErrorRenderer,
  error: AppError,
  request: Parameters<ErrorRenderer['present']>[1],
): Rejection {
  const { status, headers, body } = renderer.present(error, request);
  return { status, headers: { 'content-type': JSON_TYPE, ...headers }, text: JSON.stringify(body) };
}

export function sendRejection(reply: FastifyReply, { status, headers, text }: Rejection): void {
  void reply.status(status).headers(headers).send(text);
}
