import { EXIT } from '../failure.js';
import type { CommandSpec } from '../shell.js';

/** A variable, so that the compiler does not resolve it: the server is compiled and installed without this package. */
const PACKAGE: string = '@vostro/contract-checker';
const NAME = 'contract';
const ABSENT =
  'This installation does not contain the contract checker: run `npm run vostro -- contract` in a checkout of Vostro.';

/** The part of the package that the command uses. */
export interface CheckerPackage {
  CHECKER: Omit<CommandSpec<never>, 'name'>;
}

/** Loads the contract checker, which a checkout contains and the server's image does not (ADR 30). */
export async function loadContractCommand(): Promise<CommandSpec<never>> {
  try {
    const { CHECKER } = (await import(PACKAGE)) as CheckerPackage;
    return { ...CHECKER, name: NAME, examples: CHECKER.examples.map((options) => `${NAME} ${options}`) };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    return ABSENT_COMMAND;
  }
}

const ABSENT_COMMAND: CommandSpec<never> = {
  name: NAME,
  description: ABSENT,
  examples: [NAME],
  shape: (command) => command.allowUnknownOption().allowExcessArguments(),
  // As the detail, which is printed without a hint at --help: its text is the same.
  run: (_options, { output }) =>
    Promise.resolve(
      output.failure({ exitCode: EXIT.usage, code: 'not_installed', message: ABSENT, detail: ABSENT }),
    ),
};
