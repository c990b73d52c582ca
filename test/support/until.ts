/** Waits until a condition holds. @throws Error when it does not within the time (30 s) */
export async function until(
  holds: () => boolean | Promise<boolean>,
  { what = 'it', withinMs = 30_000 }: { what?: string; withinMs?: number } = {},
): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`${what} did not happen within ${withinMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
