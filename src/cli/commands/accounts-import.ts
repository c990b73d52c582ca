import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { PlatformsService } from '../../platforms/platforms.service.js';
import { mapConcurrentInOrder } from '../../concurrency/map-concurrent-in-order.js';
import type { Line } from '../../shared/lines.js';
import { parseSystemId } from '../../shared/object-id.js';
import { EXIT, notAnId, UsageError } from '../failure.js';
import { type Input, inspect, linesOf, STDIN } from '../import/input.js';
import { LineOpener } from '../import/line-opener.js';
import { VerdictFile } from '../import/verdict-file.js';
import type { Interruption } from '../interruption.js';
import { CommandProgress } from '../progress.js';
import type { CommandSpec, Run, Shell } from '../shell.js';
import { withApp } from '../with-app.js';

/** Lines processed concurrently: enough to fill the batches, and few enough to finish soon after an interruption. */
const LINES_AT_ONCE = 200;

interface Options {
  platform: string;
  out?: string;
}

/** One import: its input, platform and verdict file. */
interface Import {
  input: Input;
  platformId: string;
  verdicts: VerdictFile;
}

const FORMAT = `
FILE, or standard input for "-", is CSV in UTF-8 with the header
  customerIdentifier,accountIdentifier,displayName,contactEmail,currencyCode,fundingNotification
currencyCode (AUD, CAD, EUR, GBP or USD) may be empty or missing: USD. So may fundingNotification: the e-mail
addresses notified of funding, separated by ";".
Or it is NDJSON: one JSON object per line with customerIdentifier and the fields of POST
/customers/{customerIdentifier}/accounts. It begins with "{".
An import that was interrupted or killed continues where it ended when it is started again.`;

export const ACCOUNTS_IMPORT: CommandSpec<Options> = {
  name: 'import',
  description:
    'Open one platform account per line of CSV or NDJSON, and write the verdict on each line to a file.',
  examples: [
    'accounts import accounts.csv --platform plt_1',
    'accounts import accounts.csv --platform plt_1 --out verdicts.csv --json',
    'accounts import - --platform plt_1 --out verdicts.csv < accounts.ndjson',
  ],
  shape: (command: Command) =>
    command
      .argument('<file>', 'the accounts to open; - reads standard input')
      .requiredOption('--platform <id>', 'the platform of the customers (plt_…)')
      .option('--out <file>', 'file for the verdicts (default: FILE.verdicts.csv); required with -')
      .addHelpText('after', FORMAT),
  run: importAccounts,
};

async function importAccounts(...[options, shell, path]: Parameters<Run<Options>>): Promise<number> {
  const platformId = parseSystemId('plt', options.platform);
  if (platformId === null) throw notAnId('--platform', 'plt_…', options.platform);
  if (path === STDIN && options.out === undefined)
    throw new UsageError('--out is required when the accounts come from standard input');
  const out = options.out ?? `${path}.verdicts.csv`;
  const input = await inspect(path);
  try {
    return await importInput(input, { ...options, out, platformId }, shell);
  } finally {
    input.remove();
  }
}

function importInput(
  input: Input,
  { platformId, ...options }: Options & { out: string; platformId: string },
  shell: Shell,
): Promise<number> {
  return withApp(shell.output, async (app) => {
    await app.get(PlatformsService).get(platformId);
    const verdicts = await VerdictFile.open(options.out, {
      sha256: input.sha256,
      platform: options.platform,
    });
    try {
      const isComplete = await openAll(app, { input, platformId, verdicts }, shell);
      return conclude(options, { input, verdicts, isComplete }, shell);
    } finally {
      verdicts.close();
    }
  });
}

/** Opens lines concurrently and writes their verdicts in order. Resolves to whether it reached the end of the input. */
async function openAll(
  app: INestApplicationContext,
  { input, platformId, verdicts }: Import,
  { output, interruption }: Shell,
): Promise<boolean> {
  const opener = new LineOpener(app, platformId, input);
  const work = { unit: 'lines', total: input.lines, before: doneOf(input, verdicts) };
  const progress = output.json ? null : new CommandProgress(work, process.stderr);
  const lines = new OpenLines(input, verdicts.last, interruption);
  try {
    for await (const some of mapConcurrentInOrder(lines, (line) => opener.judge(line), LINES_AT_ONCE)) {
      for (const verdict of some) {
        verdicts.append(verdict);
        output.item(verdict);
      }
      progress?.show(doneOf(input, verdicts));
    }
    return lines.isAtEnd;
  } finally {
    progress?.end();
  }
}

function doneOf({ firstLine }: Input, { last }: VerdictFile): number {
  return Math.max(0, last + 1 - firstLine);
}

/** The lines without a verdict; ends early when the user interrupts. */
class OpenLines {
  isAtEnd = false;

  constructor(
    private readonly input: Input,
    private readonly last: number,
    private readonly interruption: Interruption,
  ) {}

  async *[Symbol.asyncIterator](): AsyncGenerator<Line> {
    for await (const line of linesOf(this.input)) {
      if (line.number <= this.last) continue;
      if (this.interruption.requested) return;
      yield line;
    }
    this.isAtEnd = true;
  }
}

/** Reports the counts of all lines, including those of earlier runs; the exit code covers them, too. */
function conclude(
  { platform, out }: Options,
  { input, verdicts, isComplete }: { input: Input; verdicts: VerdictFile; isComplete: boolean },
  { output }: Shell,
): number {
  const { opened, refused, invalid } = verdicts.tally;
  output.result({ input: input.sha256, platform, output: out, opened, refused, invalid, isComplete }, [
    `${opened} opened, ${refused} refused, ${invalid} invalid; each line's verdict is in ${String(out)}`,
    ...(isComplete ? [] : ['Interrupted: start the same command again to go on.']),
  ]);
  if (!isComplete) return EXIT.interrupted;
  return refused + invalid > 0 ? EXIT.someRefused : EXIT.done;
}
