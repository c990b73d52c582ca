import { workloadNamed } from '../workloads/workloads.js';
import { runClosedLoop } from './closed-loop.js';
import type { LoadPlan, LoadResult } from './load.js';
import { runOpenLoop } from './open-loop.js';
import { LoadRecorder } from './load-recorder.js';

/** The load generator: a child process that receives one plan and reports its result. */
process.once('message', (plan: LoadPlan) => {
  generate(plan).then(
    (result) => {
      process.send?.(result, undefined, undefined, () => {
        process.disconnect();
      });
    },
    (error: unknown) => {
      process.stderr.write(`${(error as Error).stack ?? String(error)}\n`);
      process.exit(1);
    },
  );
});

async function generate({ url, work, load, warmUpSeconds, seconds }: LoadPlan): Promise<LoadResult> {
  const { expected, requestOf } = workloadNamed(work.name);
  let number = work.first;
  const next = () => requestOf(number++, work.token);
  const fromMs = performance.now() + warmUpSeconds * 1_000;
  const untilMs = fromMs + seconds * 1_000;
  const tally = new LoadRecorder(expected, fromMs, untilMs);
  for (const ms of [warmUpSeconds * 1_000, (warmUpSeconds + seconds) * 1_000])
    setTimeout(() => {
      tally.markCpu();
    }, ms).unref();
  if (load.kind === 'closed') await runClosedLoop({ url, ...load, untilMs }, next, tally);
  else await runOpenLoop({ url, ...load, untilMs }, next, tally);
  return tally.result();
}
