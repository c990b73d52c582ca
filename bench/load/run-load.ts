import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadPlan, LoadResult } from './load.js';

/**
 * Runs one load in its own process.
 * @throws Error when a connection broke or a response could not be parsed; stderr has the details
 */
export async function runLoad(plan: LoadPlan): Promise<LoadResult> {
  const child = fork(join(__dirname, 'generator.js'), { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  let result: LoadResult | undefined;
  child.once('message', (message: LoadResult) => {
    result = message;
  });
  child.send(plan);
  await once(child, 'exit');
  if (result === undefined) throw new Error('the load generator ended without a result');
  return result;
}
