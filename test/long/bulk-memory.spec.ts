import { readFileSync } from 'node:fs';
import { type AppProcess, startAppProcess } from '../support/app-process.js';
import { BulkStream } from '../support/bulk.js';
import { createWorld, type World } from '../support/world.js';

const LINES = 200_000;
const LINES_OF_A_CHUNK = 2_000;
/** Limit of the heap: a body or a response that is buffered as a whole ends the process. */
const HEAP_MIB = 64;
const MAY_GROW_MIB = 48;

let world: World;
let app: AppProcess;

beforeAll(async () => {
  world = await createWorld();
  app = await startAppProcess(world.databaseUrl, { NODE_OPTIONS: `--max-old-space-size=${HEAP_MIB}` });
});
afterAll(async () => {
  await app.stop();
  await world.close();
});

function residentMib(): number {
  const [, kib = ''] =
    /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${app.process.pid ?? 0}/status`, 'utf8')) ?? [];
  return Number(kib) / 1_024;
}

it('A bulk call of 200,000 lines needs no more memory at its end than near its beginning', async () => {
  const stream = new BulkStream(app.url, '/transfers/bulk', await world.make.adminHeaders('operator'));
  const chunk = Array.from({ length: LINES_OF_A_CHUNK }, (_, i) => ({
    idempotencyKey: `line-${i}`,
    reason: 'none',
  }));
  const sending = (async () => {
    for (let sent = 0; sent < LINES; sent += LINES_OF_A_CHUNK)
      if (!stream.send(chunk)) expect(await stream.drains(60_000)).toBe(true);
    stream.end();
  })();
  let read = 0;
  let early = 0;
  let last = '';
  for (let line = await stream.next(); line !== null; line = await stream.next()) {
    last = line;
    if (++read === LINES / 10) early = residentMib();
  }
  await sending;
  expect(JSON.parse(last)).toMatchObject({ summary: { lines: LINES, refused: LINES, isComplete: true } });
  expect(early).toBeGreaterThan(0);
  expect(residentMib() - early).toBeLessThan(MAY_GROW_MIB);
}, 300_000);
