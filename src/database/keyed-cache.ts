import { LRUCache } from 'lru-cache';
import type { ChangeFeed, Topic } from './change-feed.service.js';

const MAX_ENTRIES = 10_000;
/** A safety net only: the change feed drops changed rows. */
const MAX_AGE_MS = 60_000;

/**
 * Caches rows that are looked up by key; all are dropped when their topic changes. Misses are not cached and take no
 * entry while they are looked up, so lookups of unknown keys evict nothing.
 */
export class KeyedCache<T extends object> {
  private readonly entries = new LRUCache<string, T>({ max: MAX_ENTRIES, ttl: MAX_AGE_MS });
  /** Loads in progress that no change has overtaken. */
  private readonly loads = new Map<string, Promise<T | null>>();

  constructor(feed: ChangeFeed, topic: Topic) {
    feed.onChange(topic, () => {
      this.entries.clear();
      this.loads.clear();
    });
  }

  /** The cached row, without a lookup. */
  peek(key: string): T | undefined {
    return this.entries.get(key);
  }

  async get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    return this.entries.get(key) ?? this.reload(key, load);
  }

  /** Looks the row up even if it is cached, and caches the result. Concurrent calls share the lookup. */
  async reload(key: string, load: () => Promise<T | null>): Promise<T | null> {
    const shared = this.loads.get(key);
    if (shared !== undefined) return shared;
    const loading = load();
    this.loads.set(key, loading);
    try {
      const found = await loading;
      if (this.loads.get(key) === loading) this.keep(key, found);
      return found;
    } finally {
      if (this.loads.get(key) === loading) this.loads.delete(key);
    }
  }

  private keep(key: string, found: T | null): void {
    if (found === null) this.entries.delete(key);
    else this.entries.set(key, found);
  }
}
