import { setTimeout as delay } from 'node:timers/promises';
import { AppError } from '../../src/shared/app-error.js';
import { Recurring } from '../../src/shared/recurring.js';

describe('Recurring work', () => {
  it('runs repeatedly, also after a failure, until it is stopped', async () => {
    let rounds = 0;
    const failures: string[] = [];
    const work = (): Promise<void> => {
      rounds++;
      return rounds % 2 === 0 ? Promise.reject(new Error(`round ${rounds}`)) : Promise.resolve();
    };
    const recurring = new Recurring(work, 1, ({ message }) => failures.push(message));
    recurring.start();
    while (rounds < 5) await delay(1);
    await recurring.stop();
    const done = rounds;
    await delay(20);
    expect(rounds).toBe(done);
    expect(failures.slice(0, 2)).toEqual(['round 2', 'round 4']);
  });

  it('tells what made the database unavailable', async () => {
    const reason = new Error('connect ECONNREFUSED');
    const failure = Promise.withResolvers<string>();
    const recurring = new Recurring(
      () => Promise.reject(new AppError('service_unavailable', {}, { cause: reason })),
      1,
      ({ message }) => {
        failure.resolve(message);
      },
    );
    recurring.start();
    expect(await failure.promise).toBe(reason.message);
    await recurring.stop();
  });

  it('never runs twice at once, and stop() waits for the current run', async () => {
    let running = 0;
    let most = 0;
    const recurring = new Recurring(
      async () => {
        most = Math.max(most, ++running);
        await delay(10);
        running--;
      },
      1,
      () => undefined,
    );
    recurring.start();
    await delay(25);
    await recurring.stop();
    expect([running, most]).toEqual([0, 1]);
  });
});
