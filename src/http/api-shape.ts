import type { AppError } from '../shared/app-error.js';

/** The request that a refusal answers. */
export interface RefusedRequest {
  requestId: string;
  method: string;
  /** Without the query. */
  path: string;
  now: Date;
}

export interface RenderedError {
  status: number;
  headers: Record<string, string>;
  body: object;
}

/** How one API looks when it refuses. The first shape that owns a path answers for it. */
export interface ApiShape {
  /** Of its refusals; `application/json` where it says nothing. */
  mediaType?: string;
  owns(path: string): boolean;
  render(error: AppError, request: RefusedRequest): RenderedError;
}

/** Injection token: `ApiShape[]`, given by the composition root; the last one owns every path. */
export const API_SHAPES = Symbol('API_SHAPES');

/** Whether a path is one of these or lies below one of them. */
export function isBelow(path: string, ...roots: string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(`${root}/`));
}

/** The challenge that goes with a 401 (RFC 9110 §11.6.1). Never `Basic`: browsers would ask for a password. */
export function challenge(status: number, scheme: 'ApiKey' | 'Bearer'): Record<string, string> {
  return status === 401 ? { 'www-authenticate': `${scheme} realm="vostro"` } : {};
}
