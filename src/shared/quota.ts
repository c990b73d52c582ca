/** Requests allowed in a fixed window. */
export interface Quota {
  limit: number;
  windowSeconds: number;
}

export const MAX_QUOTA_LIMIT = 1_000_000_000;
export const MAX_WINDOW_SECONDS = 86_400;
