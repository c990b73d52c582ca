/**
 * Lets those who want the same thing go one after the other, in the order in which they came; everybody else side by
 * side.
 */
export class Turns {
  /** Who came last, by what they want. */
  private readonly last = new Map<string, Promise<unknown>>();

  /** @throws whatever `work` throws; who comes after it goes on */
  async take<T>(wanted: readonly string[], work: () => Promise<T>): Promise<T> {
    const before = wanted.flatMap((thing) => this.last.get(thing) ?? []);
    const done = before.length === 0 ? work() : Promise.allSettled(before).then(work);
    for (const thing of wanted) this.last.set(thing, done);
    try {
      return await done;
    } finally {
      for (const thing of wanted) if (this.last.get(thing) === done) this.last.delete(thing);
    }
  }
}
