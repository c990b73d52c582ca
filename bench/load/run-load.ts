import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { LoadPlan, LoadResult } from './load.js';

/**
 * Runs one load in a process of its own.
 * @throws Error when a connection broke or an answer could not be read; the generator said more on stderr
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
