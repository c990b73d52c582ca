import type { ChangeFeed, Topic } from './change-feed.service.js';

/**
 * A small table held whole in memory, loaded when first asked for and dropped when its topic changes.
 *
 * A load that a change overtakes still answers those who were waiting for it but is not kept: the next
 * caller loads again and sees the change.
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

  /** @throws whatever the load throws; a failed load is not kept. */
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
