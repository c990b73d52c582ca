import type { ChangeFeed, Topic } from './change-feed.service.js';

/**
 * Caches a small table as a whole; loaded on first use and dropped when its topic changes.
 *
 * The result of a load that overlaps a change is returned to its callers but not cached: the next caller loads again
 * and sees the change.
 */
export class ReferenceCache<T> {
  private value: Promise<T> | undefined;

  constructor(
    feed: ChangeFeed,
    topics: readonly Topic[],
    private readonly load: () => Promise<T>,
  ) {
    for (const topic of topics) {
      feed.onChange(topic, () => {
        this.value = undefined;
      });
    }
  }

  /** @throws the error of the load; a failed load is not cached */
  async get(): Promise<T> {
    const value = (this.value ??= this.load());
    try {
      return await value;
    } catch (error) {
      if (this.value === value) this.value = undefined;
      throw error;
    }
  }
}
