const REDRAW_MS = 100;
const LINE_MS = 5_000;
const BAR_WIDTH = 30;
/** The speed is that of this time until now: later steps may be slower or faster than the first. */
const WINDOW_MS = 30_000;

interface Screen {
  isTTY?: boolean;
  write(text: string): unknown;
}

/** Long work, in steps. */
interface Work {
  /** Name of the steps, such as `lines`. */
  unit: string;
  /** Total steps. */
  total: number;
  /** Steps done by earlier runs, which do not count for the speed of this one. */
  before?: number;
}

/**
 * Shows the progress, speed and remaining time of long work: as a bar in a terminal, otherwise as a line every 5
 * seconds.
 */
export class CommandProgress {
  /** What was done by when, from the begin of the window on. */
  private readonly samples: { at: number; done: number }[];
  private shownAt: number;

  constructor(
    private readonly work: Work,
    private readonly screen: Screen,
    private readonly now: () => number = () => performance.now(),
  ) {
    this.shownAt = now();
    this.samples = [{ at: this.shownAt, done: work.before ?? 0 }];
  }

  /**
   * @param done steps done so far, including those of earlier runs
   * @param total total steps, if a better estimate is known
   */
  show(done: number, total = this.work.total): void {
    const now = this.now();
    if (now - this.shownAt < (this.screen.isTTY ? REDRAW_MS : LINE_MS)) return;
    this.shownAt = now;
    const text = this.describe(done, total, this.perSecond(now, done));
    // Returns to the start of the line, and clears the rest of an earlier, longer text.
    this.screen.write(this.screen.isTTY ? `\r${bar(done, total)} ${text}\u001b[K` : `${text}\n`);
  }

  /** Clears the terminal's line for the next output. */
  end(): void {
    if (this.screen.isTTY) this.screen.write('\r\u001b[K');
  }

  private perSecond(now: number, done: number): number {
    this.samples.push({ at: now, done });
    while ((this.samples[1]?.at ?? Infinity) <= now - WINDOW_MS) this.samples.shift();
    const [first = { at: now, done }] = this.samples;
    return now > first.at ? ((done - first.done) / (now - first.at)) * 1_000 : 0;
  }

  /** A total that is exceeded was an estimate, and says nothing about the time left. */
  private describe(done: number, total: number, perSecond: number): string {
    const { unit } = this.work;
    const isKnown = total >= done;
    const left = isKnown && perSecond > 0 ? toDuration((total - done) / perSecond) : 'unknown';
    const progress = isKnown ? `${done} of ${total} ${unit}` : `${done} ${unit}`;
    return `${progress}, ${Math.round(perSecond)}/s, time left ${left}`;
  }
}

function bar(done: number, total: number): string {
  const filled = Math.min(BAR_WIDTH, Math.floor((done / Math.max(1, total)) * BAR_WIDTH));
  return `[${'#'.repeat(filled)}${'.'.repeat(BAR_WIDTH - filled)}]`;
}

/** `1:02:03`, or `2:03` below an hour. */
function toDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3_600), Math.floor((whole % 3_600) / 60)];
  const rest = String(whole % 60).padStart(2, '0');
  return hours === 0 ? `${minutes}:${rest}` : `${hours}:${String(minutes).padStart(2, '0')}:${rest}`;
}
