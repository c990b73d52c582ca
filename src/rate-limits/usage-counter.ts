import { LRUCache } from 'lru-cache';
import type { Quota } from '../shared/quota.js';

/** Keys counted at the same time; beyond them the key that was used longest ago is forgotten. */
export const MAX_KEYS = 50_000;
/** A process reports after each 2 % of a quota. */
const REPORTS_PER_QUOTA = 50;
/** Time without reports after a report that failed. */
const RETRY_AFTER_MS = 1_000;

export interface Usage {
  used: number;
  /** Milliseconds until the window ends; 0 before the first use. */
  resetsInMs: number;
}

/** Usage that all processes share. */
export interface UsageStore {
  /** Adds to the current window of the key, or begins one. @returns the usage of all processes */
  add(key: string, used: number, windowSeconds: number): Promise<Usage>;
}

interface Window {
  /** By all processes as of the last report, and by this process since. */
  used: number;
  unreported: number;
  isReporting: boolean;
  /** `performance.now()` */
  endsAt: number;
}

/**
 * Counts usage by key in fixed windows. Each decision is made from memory, and the store is told in portions, so that
 * no request waits for the store. Across processes a quota is exceeded by 2 % per process at most, and by the uses
 * during a report. While the store fails, each process counts alone.
 */
export class UsageCounter {
  private readonly windows = new LRUCache<string, Window>({ max: MAX_KEYS });
  private nextReport = 0;

  /** @param failed called with the error of a report, at most once a second */
  constructor(
    private readonly store: UsageStore,
    private readonly failed: (error: unknown) => void,
  ) {}

  usageOf(key: string): Usage {
    const window = this.windows.get(key);
    const resetsInMs = (window?.endsAt ?? 0) - performance.now();
    return window !== undefined && resetsInMs > 0
      ? { used: window.used, resetsInMs }
      : { used: 0, resetsInMs: 0 };
  }

  add(key: string, quota: Quota): void {
    const now = performance.now();
    const window = this.windowOf(key, quota, now);
    window.used += 1;
    window.unreported += 1;
    if (!window.isReporting && this.isDue(window, quota)) void this.reportAll(key, window, quota);
  }

  private windowOf(key: string, { windowSeconds }: Quota, now: number): Window {
    const known = this.windows.get(key);
    if (known !== undefined && known.endsAt > now) return known;
    const window = { used: 0, unreported: 0, isReporting: false, endsAt: now + windowSeconds * 1_000 };
    this.windows.set(key, window);
    return window;
  }

  private isDue({ unreported }: Window, { limit }: Quota): boolean {
    return unreported * REPORTS_PER_QUOTA >= limit && performance.now() >= this.nextReport;
  }

  /** Also what is counted meanwhile. */
  private async reportAll(key: string, window: Window, quota: Quota): Promise<void> {
    window.isReporting = true;
    while (this.isDue(window, quota)) await this.report(key, window, quota);
    window.isReporting = false;
  }

  private async report(key: string, window: Window, { windowSeconds }: Quota): Promise<void> {
    const reported = window.unreported;
    window.unreported = 0;
    try {
      const { used, resetsInMs } = await this.store.add(key, reported, windowSeconds);
      window.used = used + window.unreported;
      window.endsAt = performance.now() + resetsInMs;
    } catch (error) {
      window.unreported += reported;
      this.nextReport = performance.now() + RETRY_AFTER_MS;
      this.failed(error);
    }
  }
}
