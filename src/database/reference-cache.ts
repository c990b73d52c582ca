import type { ChangeFeed, Topic } from './change-feed.service.js';

/**
 * A small table cached whole, loaded on first use and dropped when its topic changes.
 *
 * A load that overlaps a change still answers its waiting callers but is not kept: the next caller loads again and sees
 * the change.
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

  /** @throws what the load throws; a failed load is not kept. */
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
