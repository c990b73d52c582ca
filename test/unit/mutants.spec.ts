import { readFileSync } from 'node:fs';
import { join } from 'node:path';

interface Fault {
  fault: string;
  file: string;
  /** The text of the file that the fault replaces. */
  from: string;
}

it('Every planted fault finds the text that it replaces exactly once', async () => {
  const { FAULTS } = (await import(join(process.cwd(), 'tools/mutants/faults.mjs'))) as { FAULTS: Fault[] };
  const places = FAULTS.map(({ fault, file, from }) => [
    fault,
    readFileSync(file, 'utf8').split(from).length - 1,
  ]);
  expect(places.filter(([, count]) => count !== 1)).toEqual([]);
  expect(FAULTS.length).toBeGreaterThan(30);
});
