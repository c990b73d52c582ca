/** A mutex per key: tasks with a key in common run one after the other in FIFO order, all remaining tasks concurrently. */
export class KeyedMutex {
  /** By key, the task that was added last. */
  private readonly last = new Map<string, Promise<unknown>>();

  /** @throws what `work` throws; the tasks behind it still run */
  async runExclusive<T>(keys: readonly string[], work: () => Promise<T>): Promise<T> {
    const predecessors = keys.flatMap((key) => this.last.get(key) ?? []);
    const done = predecessors.length === 0 ? work() : Promise.allSettled(predecessors).then(work);
    for (const key of keys) this.last.set(key, done);
    try {
      return await done;
    } finally {
      for (const key of keys) if (this.last.get(key) === done) this.last.delete(key);
    }
  }
}
