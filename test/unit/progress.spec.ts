import { CommandProgress } from '../../src/cli/progress.js';

/** A progress display on a fake screen, with a clock that the test moves. */
function shown(isTTY: boolean, before = 0) {
  const written: string[] = [];
  const clock = { ms: 0 };
  const screen = { isTTY, write: (text: string) => written.push(text) };
  const progress = new CommandProgress({ unit: 'lines', total: 1_000, before }, screen, () => clock.ms);
  return { written, clock, progress };
}

describe('The progress of a command', () => {
  it('is a bar in a terminal, with the rate and the time left, and is erased at the end', () => {
    const { written, clock, progress } = shown(true);
    clock.ms = 2_000;
    progress.show(500);
    clock.ms = 2_050;
    progress.show(510);
    progress.end();
    expect(written).toEqual([
      `\r[${'#'.repeat(15)}${'.'.repeat(15)}] 500 of 1000 lines, 250/s, time left 0:02\u001b[K`,
      '\r\u001b[K',
    ]);
  });

  it('is one line every five seconds when the output is no terminal', () => {
    const { written, clock, progress } = shown(false);
    for (clock.ms = 500; clock.ms <= 11_000; clock.ms += 500) progress.show(clock.ms / 100);
    progress.end();
    expect(written).toEqual([
      '50 of 1000 lines, 10/s, time left 1:35\n',
      '100 of 1000 lines, 10/s, time left 1:30\n',
    ]);
  });

  it('takes the speed of the last half minute for the time left', () => {
    const { written, clock, progress } = shown(false);
    for (clock.ms = 5_000; clock.ms <= 100_000; clock.ms += 5_000)
      progress.show(clock.ms <= 50_000 ? clock.ms / 100 : 500 + (clock.ms - 50_000) / 1_000);
    expect(written.at(9)).toBe('500 of 1000 lines, 10/s, time left 0:50\n');
    expect(written.at(-1)).toBe('550 of 1000 lines, 1/s, time left 7:30\n');
  });

  it('knows no time left when nothing was done lately, or the estimate of the total is exceeded', () => {
    const { written, clock, progress } = shown(false);
    progress.show(500);
    for (clock.ms = 5_000; clock.ms <= 40_000; clock.ms += 5_000) progress.show(500);
    expect(written.at(-1)).toBe('500 of 1000 lines, 0/s, time left unknown\n');
    clock.ms = 50_000;
    progress.show(1_100);
    expect(written.at(-1)).toMatch(/^1100 lines, \d+\/s, time left unknown\n$/);
  });

  it('counts the work of earlier runs, but not in the rate', () => {
    const { written, clock, progress } = shown(false, 400);
    clock.ms = 10_000;
    progress.show(500);
    expect(written).toEqual(['500 of 1000 lines, 10/s, time left 0:50\n']);
  });
});
