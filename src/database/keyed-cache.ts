import { LRUCache } from 'lru-cache';
import type { ChangeFeed, Topic } from './change-feed.service.js';

const MAX_ENTRIES = 10_000;
/** A safety net only: changes arrive through the feed. */
const MAX_AGE_MS = 60_000;

/** Rows looked up one by one and kept for a while; all dropped when their topic changes. Misses are not kept. */
export class KeyedCache<T extends object> {
  private readonly entries = new LRUCache<string, Promise<T | null>>({ max: MAX_ENTRIES, ttl: MAX_AGE_MS });

  constructor(feed: ChangeFeed, topic: Topic) {
    feed.onChange(topic, () => {
      this.entries.clear();
    });
  }

  async get(key: string, load: () => Promise<T | null>): Promise<T | null> {
    const known = this.entries.get(key);
    if (known !== undefined) return known;
    const loading = load();
    // Kept before it is done, so that a change that arrives meanwhile removes it.
    this.entries.set(key, loading);
    const forget = (): void => {
      if (this.entries.get(key) === loading) this.entries.delete(key);
    };
    try {
      const found = await loading;
      if (found === null) forget();
      return found;
    } catch (error) {
      forget();
      throw error;
    }
  }
}
