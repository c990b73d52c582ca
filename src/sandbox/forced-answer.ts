import type { ErrorCode } from '../shared/app-error.js';

export const FORCING_HEADER = 'vostro-sandbox';
export const MAX_LATENCY_MS = 30_000;

/** The response, or the delay before the real one, that a request's header asks for. */
export interface ForcedAnswer {
  /** `null`: the real response. */
  refusal: ErrorCode | null;
  latencyMs: number;
}

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  429: 'rate_limited',
  500: 'internal_error',
  503: 'service_unavailable',
};
const PART = /^(status|latency)=(\d{1,5})$/;

/** `status=503`, `latency=1500` or both, with a comma between; `null` for anything else. */
export function parseForcedAnswer(text: string): ForcedAnswer | null {
  const parts = text.split(',').map((part) => PART.exec(part.trim()));
  const values = new Map(parts.map((part) => [part?.[1], part?.[2] ?? '']));
  if (parts.includes(null) || values.size !== parts.length) return null;
  const status = values.get('status');
  const refusal = status === undefined ? null : (REFUSALS[status] ?? 'unknown');
  const latencyMs = Number(values.get('latency') ?? 0);
  if (refusal === 'unknown' || latencyMs > MAX_LATENCY_MS) return null;
  return { refusal, latencyMs };
}
