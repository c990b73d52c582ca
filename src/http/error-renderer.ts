import { HttpException, Inject, Injectable, NotFoundException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { toAppError as fromPostgres } from '../database/postgres-errors.js';
import { AppError, type ErrorCode } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { API_SHAPES, type ApiShape, type RenderedError } from './api-shape.js';
import { RouteTable } from './route-table.js';

/** Fastify's own refusals, by its error code. */
const FASTIFY_REFUSALS: Readonly<Record<string, AppError>> = {
  FST_ERR_CTP_BODY_TOO_LARGE: new AppError('payload_too_large'),
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: new AppError('body_malformed'),
  FST_ERR_CTP_INVALID_MEDIA_TYPE: new AppError('media_type_unsupported'),
  FST_ERR_BAD_URL: new AppError('route_not_found'),
  FST_ERR_MAX_PARAM_LENGTH: new AppError('route_not_found'),
};

/** What Nest makes of the same refusals, by its status. */
const HTTP_REFUSALS: Readonly<Record<number, ErrorCode>> = {
  400: 'body_malformed',
  // Of the plugin that serves the files of Swagger UI, for a path that leaves their folder. No guard answers so.
  403: 'route_not_found',
  // Of the same plugin, for a condition or a range that a file does not meet.
  412: 'validation_failed',
  413: 'payload_too_large',
  415: 'media_type_unsupported',
  416: 'validation_failed',
};

/** The part of a request that its refusal depends on. */
type PresentedRequest = Pick<FastifyRequest, 'url' | 'method' | 'id'> &
  Partial<Pick<FastifyRequest, 'headers'>>;

/** Renders a thrown value as the error response of the API that was called. */
@Injectable()
export class ErrorRenderer {
  constructor(
    @Inject(API_SHAPES) private readonly shapes: readonly ApiShape[],
    private readonly routes: RouteTable,
    private readonly clock: Clock,
  ) {}

  render(thrown: unknown, request: FastifyRequest): RenderedError {
    const path = pathOf(request.url);
    const error = this.toAppError(thrown, request.method, path);
    if (error.code === 'internal_error' || error.code === 'service_unavailable') this.report(error, request);
    return this.present(error, request);
  }

  /** Renders without logging: for refusals that need no investigation. */
  present(error: AppError, request: PresentedRequest): RenderedError {
    const path = pathOf(request.url);
    const shape = this.shapes.find((candidate) => candidate.owns(path));
    if (shape === undefined) throw new Error('the last API shape must own every path');
    const { method, id: requestId, headers } = request;
    const isFromBrowser = headers?.['sec-fetch-mode'] !== undefined;
    const rendered = shape.render(error, { requestId, method, path, isFromBrowser, now: this.clock.now() });
    return { ...rendered, headers: { ...protocolHeaders(error), ...rendered.headers } };
  }

  private toAppError(thrown: unknown, method: string, path: string): AppError {
    const known = FASTIFY_REFUSALS[(thrown as { code?: string } | null)?.code ?? ''] ?? fromPostgres(thrown);
    if (known instanceof AppError) return known;
    if (thrown instanceof NotFoundException) return this.unmatched(method, path);
    const status = thrown instanceof HttpException ? thrown.getStatus() : 500;
    return new AppError(HTTP_REFUSALS[status] ?? 'internal_error', {}, { cause: thrown });
  }

  private unmatched(method: string, path: string): AppError {
    const allow = this.routes.methodsOf(path);
    const isOther = allow.length > 0 && !allow.includes(method);
    return isOther ? new AppError('method_not_allowed', { allow }) : new AppError('route_not_found');
  }

  /** The cause and its stack; never the body, the headers or a statement's parameters. */
  private report(error: AppError, request: FastifyRequest): void {
    const cause = error.cause instanceof Error ? error.cause : error;
    const where = { method: request.method, route: request.routeOptions.url, error: error.code };
    if (error.code === 'service_unavailable') request.log.warn(where, cause.message);
    else request.log.error({ ...where, err: cause }, cause.message);
  }
}

/** Refusals that another try may overcome; they say when (RFC 9110 §10.2.3). */
const PASSING: ReadonlySet<ErrorCode> = new Set(['rate_limited', 'service_unavailable']);
/** Retry-After of errors that name none. */
const RETRY_AFTER_SECONDS = 1;

function protocolHeaders({ code, details }: AppError): Record<string, string> {
  const retryAfter = details.retryAfterSeconds ?? (PASSING.has(code) ? RETRY_AFTER_SECONDS : undefined);
  return {
    ...(details.allow === undefined ? {} : { allow: details.allow.join(', ') }),
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
  };
}

export function pathOf(url: string): string {
  return url.split('?', 1)[0] ?? url;
}
