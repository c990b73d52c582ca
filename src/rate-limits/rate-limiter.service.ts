import { Injectable, Logger } from '@nestjs/common';
import { Environment } from '../config/env.js';
import type { RateLimitName } from '../config/rate-limits.js';
import { AppError } from '../shared/app-error.js';
import type { Quota } from '../shared/quota.js';
import { PostgresUsageStore } from './postgres-usage-store.js';
import { UsageCounter } from './usage-counter.js';

/** A rate limit and its use in the current window. */
export interface LimitState extends Quota {
  name: RateLimitName;
  remaining: number;
  /** Seconds until the window ends, rounded up. */
  resetSeconds: number;
  /** Whether the limit was used up before. */
  isExceeded: boolean;
}

/** Counts against the rate limits of `RATE_LIMITS`, together with the other processes. */
@Injectable()
export class RateLimiter {
  private readonly logger = new Logger(RateLimiter.name);
  private readonly counter: UsageCounter;

  constructor(
    private readonly env: Environment,
    store: PostgresUsageStore,
  ) {
    this.counter = new UsageCounter(store, (error) => {
      this.logger.warn(`rate limits are counted by each process alone: ${(error as Error).message}`);
    });
  }

  /** The state of a limit for a key; counts nothing. @returns `null` without a limit */
  stateOf(name: RateLimitName, key: string, own: Quota | null = null): LimitState | null {
    const quota = own ?? this.env.rateLimits[name];
    if (quota === null) return null;
    const { used, resetsInMs } = this.counter.usageOf(`${name} ${key}`);
    const resetSeconds = resetsInMs > 0 ? Math.ceil(resetsInMs / 1_000) : quota.windowSeconds;
    const remaining = Math.max(quota.limit - used, 0);
    return { ...quota, name, remaining, resetSeconds, isExceeded: remaining === 0 };
  }

  /**
   * Counts one use, unless the limit is used up.
   * @param own replaces the limit of the configuration
   * @returns `null` without a limit
   */
  consume(name: RateLimitName, key: string, own: Quota | null = null): LimitState | null {
    const state = this.stateOf(name, key, own);
    if (state === null || state.isExceeded) return state;
    this.counter.add(`${name} ${key}`, state);
    return { ...state, remaining: state.remaining - 1 };
  }

  /** As `consume`. @throws AppError rate_limited when the limit is used up */
  consumeOrThrow(name: RateLimitName, key: string): void {
    const state = this.consume(name, key);
    if (state?.isExceeded === true) throw toRateLimited(state);
  }
}

export function toRateLimited({ resetSeconds }: LimitState): AppError {
  return new AppError('rate_limited', { retryAfterSeconds: resetSeconds });
}
