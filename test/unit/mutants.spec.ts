import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Fault {
  fault: string;
  file: string;
  /** Text of the file that the fault replaces. */
  from: string;
}

// Runs of the faults take hours and are started by hand; that each can still be planted is checked with every test run.
it('Every planted fault finds the text that it replaces, once', async () => {
  const { FAULTS } = (await import(join(process.cwd(), 'tools/mutants/faults.mjs'))) as { FAULTS: Fault[] };
  const places = FAULTS.map(({ fault, file, from }) => [
    fault,
    readFileSync(file, 'utf8').split(from).length - 1,
  ]);
  expect(places.filter(([, count]) => count !== 1)).toEqual([]);
  expect(FAULTS.length).toBeGreaterThan(30);
});
