import { LRUCache } from 'lru-cache';
import type { ChangeFeed, Topic } from './change-feed.service.js';

const MAX_ENTRIES = 10_000;
/** A safety net only: changes arrive through the feed. */
const MAX_AGE_MS = 60_000;

/**
 * Rows looked up one by one and kept for a while; all dropped when their topic changes. Misses are not kept, and take no
 * place while they are looked up: asking for what is not there drives nothing out.
 */
export class KeyedCache<T extends object> {
  private readonly entries = new LRUCache<string, T>({ max: MAX_ENTRIES, ttl: MAX_AGE_MS });
  /** Under way, and not overtaken by a change. */
  private readonly loads = new Map<string, Promise<T | null>>();

  constructor(feed: ChangeFeed, topic: Topic) {
    feed.onChange(topic, () => {
      this.entries.clear();
      this.loads.clear();
    });
  }

  /** What is kept of it. */
  peek(key: string): T | undefined {
    return this.entries.get(key);
  }

  async get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    return this.entries.get(key) ?? this.reload(key, load);
  }

  /** Looks it up even if it is cached, and caches what was found. Concurrent calls share the lookup. */
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
