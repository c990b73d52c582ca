import type { Command } from 'commander';
import type { Interruption } from './interruption.js';
import { Output } from './output.js';

/** What every command receives besides its own options. */
export interface Shell {
  output: Output;
  interruption: Interruption;
}

/** Executes one command. Resolves to its exit code. */
export type Run<Options> = (options: Options, shell: Shell, argument: string) => Promise<number>;

export interface CommandSpec<Options extends object> {
  name: string;
  description: string;
  /** Without `npm run vostro --`. */
  examples: readonly string[];
  /** Adds the arguments and options. */
  shape?: (command: Command) => unknown;
  run: Run<Options>;
}

/** Adds a command, with `--json` and its examples. Passes the exit code to `finish`. */
export function addCommand<Options extends object>(
  parent: Command,
  { name, description, examples, shape, run }: CommandSpec<Options>,
  { interruption, finish }: { interruption: Interruption; finish: (exitCode: number) => void },
): void {
  const command = parent.command(name).description(description);
  shape?.(command);
  command
    .option('--json', 'print results and errors as JSON')
    .addHelpText('after', `\nExamples:\n${examples.map((line) => `  npm run vostro -- ${line}`).join('\n')}`)
    .action(async () => {
      const options = command.opts<Options & { json?: boolean }>();
      const shell = { output: new Output(options.json === true), interruption };
      finish(await run(options, shell, command.args[0] ?? ''));
    });
}
