/**
 * A function of which one call runs at a time: callers that come while it runs get its result.
 * @param work rejects for all callers of the same run
 */
export function sharedCall<T>(work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | undefined;
  return () => (running ??= work().finally(() => (running = undefined)));
}
