import type { AppError } from '../shared/app-error.js';

/** The request that a refusal answers. */
export interface RefusedRequest {
  requestId: string;
  method: string;
  /** Without the query. */
  path: string;
  /** Whether a browser sent it (Fetch Metadata Request Headers). */
  isFromBrowser?: boolean;
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

export type ChallengeScheme = 'ApiKey' | 'Basic' | 'Bearer';

/** The challenges that go with a 401 (RFC 9110 §11.6.1). A browser that is offered `Basic` asks for a password. */
export function challenge(status: number, ...schemes: ChallengeScheme[]): Record<string, string> {
  if (status !== 401) return {};
  return { 'www-authenticate': schemes.map((scheme) => `${scheme} realm="vostro"`).join(', ') };
}
