export interface TimeLimit {
  ms: number;
  /** The error of callers that the result comes too late for. */
  late: () => Error;
}

/**
 * A function of which one call runs at a time: callers that come while it runs get its result. A call that exceeds the
 * limit goes on, and its callers fail: those that wait, and those that come until it ends.
 * @param work rejects for all callers of the same run
 */
export function sharedCall<T>(work: () => Promise<T>, limit?: TimeLimit): () => Promise<T> {
  let result: Promise<T> | undefined;
  return () => {
    if (result === undefined) {
      const running = work().finally(() => (result = undefined));
      result = limit === undefined ? running : within(running, limit);
    }
    return result;
  };
}

async function within<T>(running: Promise<T>, { ms, late }: TimeLimit): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(late());
    }, ms);
  });
  try {
    return await Promise.race([running, expired]);
  } finally {
    clearTimeout(timer);
  }
}
