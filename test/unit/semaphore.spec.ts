import { Semaphore } from '../../src/concurrency/semaphore.js';

/** Work that ends when the test ends it. */
function open(): { work: () => Promise<void>; end: () => void; isInside: () => boolean } {
  let end: () => void = () => undefined;
  let inside = false;
  const ended = new Promise<void>((resolve) => (end = resolve));
  const work = async (): Promise<void> => {
    inside = true;
    await ended;
  };
  return { work, end, isInside: () => inside };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('The semaphore', () => {
  it('runs as many tasks as there are permits, and the rest in FIFO order', async () => {
    const semaphore = new Semaphore(2, 10, 1_000);
    const all = Array.from({ length: 4 }, open);
    const passes = all.map(({ work }) => semaphore.run(work));
    await turn();
    expect(all.map(({ isInside }) => isInside())).toEqual([true, true, false, false]);
    all[1]?.end();
    await turn();
    expect(all.map(({ isInside }) => isInside())).toEqual([true, true, true, false]);
    for (const { end } of all) end();
    await Promise.all(passes);
  });

  it('passes the permit on when the work fails', async () => {
    const semaphore = new Semaphore(1, 10, 1_000);
    const failing = semaphore.run(() => Promise.reject(new Error('failed')));
    const next = semaphore.run(() => Promise.resolve('next'));
    await expect(failing).rejects.toThrow('failed');
    expect(await next).toBe('next');
    expect(await semaphore.run(() => Promise.resolve('later'))).toBe('later');
  });

  it('rejects a task that would exceed the queue', async () => {
    const semaphore = new Semaphore(1, 1, 1_000);
    const all = [open(), open()];
    const passes = all.map(({ work }) => semaphore.run(work));
    await expect(semaphore.run(() => Promise.resolve())).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    for (const { end } of all) end();
    await Promise.all(passes);
  });

  it('rejects a task that has waited too long, and continues with the next', async () => {
    const semaphore = new Semaphore(1, 10, 20);
    const first = open();
    const pass = semaphore.run(first.work);
    await expect(semaphore.run(() => Promise.resolve())).rejects.toMatchObject({
      code: 'service_unavailable',
    });
    first.end();
    await pass;
    expect(await semaphore.run(() => Promise.resolve('served'))).toBe('served');
  });
});
