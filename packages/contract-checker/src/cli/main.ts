import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { CHECKER } from './command.js';
import type { ContractOptions } from './options.js';
import { type CheckerFailure, type CheckerShell, EXIT } from './shell.js';

const NAME = 'vostro-contract-checker';
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const { version } = JSON.parse(readFileSync(join(__dirname, '../../package.json'), 'utf8')) as {
  version: string;
};

/** The command line of this package: the options, output and exit codes of `vostro contract`. */
async function main(args: readonly string[]): Promise<number> {
  // Determined before the command line is parsed, so that errors of parsing are printed in the right form, too.
  const output = createOutput(args.includes('--json'));
  const shell = { output, interruption: listenForSignals() };
  let exitCode: number = EXIT.done;
  const program = createProgram(async (options) => {
    exitCode = await CHECKER.run(options, shell);
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return output.failure(unexpected(error));
    if (error.exitCode === 0) return EXIT.done;
    const message = error.message.replace(/^error: /, '');
    return output.failure({ exitCode: EXIT.usage, code: 'usage', message });
  }
}

function createProgram(run: (options: ContractOptions) => Promise<void>): Command {
  const program = new Command(NAME).description(CHECKER.description).version(version);
  CHECKER.shape(program);
  const examples = CHECKER.examples.map((options) => `  npx ${NAME} ${options}`);
  return program
    .option('--json', 'print results and errors as JSON')
    .addHelpText('after', `\nExamples:\n${examples.join('\n')}`)
    .configureOutput({ writeErr: () => undefined })
    .exitOverride()
    .action(run);
}

/** Writes results to standard output and everything else to standard error; both as JSON with `--json`. */
function createOutput(json: boolean): CheckerShell['output'] {
  return {
    result: (object, lines) => process.stdout.write(`${json ? JSON.stringify(object) : lines.join('\n')}\n`),
    note: (line) => {
      if (!json) process.stderr.write(`${line}\n`);
    },
    failure: ({ exitCode, code, message }) => {
      const hint = exitCode === EXIT.usage ? '\nSee --help.' : '';
      const text = json ? JSON.stringify({ error: { code, message } }) : `${message}${hint}`;
      process.stderr.write(`${text}\n`);
      return exitCode;
    },
  };
}

function unexpected(error: unknown): CheckerFailure {
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { exitCode: EXIT.failed, code: 'failed', message };
}

/** The first signal asks the run to end with a report; the second ends the program at once. */
function listenForSignals(): CheckerShell['interruption'] {
  const interruption = { requested: false };
  for (const signal of SIGNALS)
    process.on(signal, () => {
      if (interruption.requested) process.exit(EXIT.interrupted);
      interruption.requested = true;
    });
  return interruption;
}

// The reader of the output may close the pipe early (`| head`); the command continues.
process.stdout.on('error', () => undefined);
void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
