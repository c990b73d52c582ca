import type { MemorySample } from './report/results.js';
import { runLoad } from './load/run-load.js';
import { MemoryWatch } from './memory-watch.js';
import type { BenchProgress } from './progress.js';
import type { BenchRun } from './bench-run.js';
import { workloadNamed } from './workloads/workloads.js';

const CONNECTIONS = 256;
const TELL_EVERY_SECONDS = 10;
const MEBIBYTE = 2 ** 20;
/** A workload of the platform API, in which the number of accounts is not limited. */
const WORK = 'opening/platform';

/** Opens accounts over 256 connections for minutes. @returns the server's memory, one sample per second */
export async function soak(run: BenchRun, minutes: number, progress: BenchProgress): Promise<MemorySample[]> {
  const samples: MemorySample[] = [];
  await run.enter();
  const memory = new MemoryWatch(run.running, (bytes) => {
    samples.push({ second: samples.length + 1, bytes });
    if (samples.length % TELL_EVERY_SECONDS === 0)
      progress.say(`soak: ${samples.length} s, ${(bytes / MEBIBYTE).toFixed(0)} MiB`);
  });
  const { numbers } = workloadNamed(WORK);
  const first = run.firstOf(numbers);
  const result = await runLoad({
    url: run.running.url,
    work: { name: WORK, first, token: '' },
    load: { kind: 'closed', connections: CONNECTIONS },
    warmUpSeconds: 0,
    seconds: minutes * 60,
  });
  memory.end();
  run.useUp(numbers, first + result.sent);
  progress.say(`soak: ${result.perSecond.toFixed(0)}/s over ${minutes} minutes`);
  await run.leave();
  return samples;
}
