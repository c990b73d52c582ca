import 'reflect-metadata';
import { Command, CommanderError, Help, type Option } from 'commander';
import { VERSION } from '../config/version.js';
import { EXIT, toFailure } from './failure.js';
import { Interruption } from './interruption.js';
import { Output } from './output.js';
import { addCommand } from './shell.js';

const EXIT_CODES = `
Exit codes:
  0    done
  1    failed; trying again makes sense
  2    wrong usage or configuration
  3    done, but some lines were refused or are invalid
  4    refused
  5    done, and the books do not agree
  6    done, and the server breaks a contract
  130  interrupted

The database is the one of DATABASE_URL, else the embedded one of VAR_DIR; contract needs none.`;

/** `npm run vostro -- <command>`: the tasks of an operator that do not use HTTP. */
async function main(args: readonly string[]): Promise<number> {
  // Determined before the command line is parsed, so that errors of parsing are printed in the right form, too.
  const output = new Output(args.includes('--json'));
  const interruption = new Interruption();
  interruption.listen();
  let exitCode: number = EXIT.done;
  let complaint = '';
  const program = await createProgram(args[0], interruption, {
    finish: (code) => (exitCode = code),
    complain: (text) => (complaint += text),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return output.failure(await toFailure(error, args));
    if (error.exitCode === 0) return EXIT.done;
    if (error.code !== 'commander.help') return output.failure(await toFailure(error));
    // Help printed as an error: the command line names no command.
    process.stderr.write(complaint);
    return EXIT.usage;
  }
}

interface Channels {
  finish: (exitCode: number) => void;
  /** Receives what Commander would print about errors. */
  complain: (text: string) => void;
}

type Add = (program: Command, context: Parameters<typeof addCommand>[2]) => Promise<void>;

/**
 * Commands by their first word, each loaded on demand: most load the whole server, which takes longer than a command
 * that needs none.
 */
const COMMANDS: Readonly<Record<string, Add>> = {
  migrate: async (program, context) => {
    addCommand(program, (await import('./commands/migrate.js')).MIGRATE, context);
  },
  'reference-data': async (program, context) => {
    addCommand(program, (await import('./commands/reference-data.js')).REFERENCE_DATA, context);
  },
  verify: async (program, context) => {
    addCommand(program, (await import('./commands/verify.js')).VERIFY, context);
  },
  contract: async (program, context) => {
    addCommand(program, await (await import('./commands/contract.js')).loadContractCommand(), context);
  },
  sandbox: async (program, context) => {
    addCommand(program, (await import('./commands/sandbox.js')).SANDBOX, context);
  },
  audit: async (program, context) => {
    const group = program.command('audit').description('Sign and verify the audit trail.');
    const commands = await import('./commands/audit.js');
    addCommand(group, commands.AUDIT_HEAD, context);
    addCommand(group, commands.AUDIT_VERIFY, context);
  },
  admin: async (program, context) => {
    const group = program.command('admin').description('Create and manage admins.');
    addCommand(group, (await import('./commands/admin-create.js')).ADMIN_CREATE, context);
    const manage = await import('./commands/admin-manage.js');
    addCommand(group, manage.ADMIN_LIST_COMMAND, context);
    addCommand(group, manage.ADMIN_DISABLE, context);
    addCommand(group, manage.ADMIN_ENABLE, context);
    addCommand(group, manage.ADMIN_ROLE, context);
  },
  keys: async (program, context) => {
    const group = program
      .command('keys')
      .description('Create and manage keys of customers, platforms and admins.');
    addCommand(group, (await import('./commands/keys-create.js')).KEYS_CREATE, context);
    const manage = await import('./commands/keys-manage.js');
    addCommand(group, manage.KEYS_ROTATE, context);
    addCommand(group, manage.KEYS_REVOKE, context);
  },
  secrets: async (program, context) => {
    const group = program.command('secrets').description('Secrets of the installation.');
    addCommand(group, (await import('./commands/secrets-reseal.js')).SECRETS_RESEAL, context);
  },
  accounts: async (program, context) => {
    const group = program.command('accounts').description('Accounts.');
    addCommand(group, (await import('./commands/accounts-import.js')).ACCOUNTS_IMPORT, context);
  },
};

function describeOption(option: Option): string {
  return `${option.mandatory ? '(required) ' : ''}${new Help().optionDescription(option)}`;
}

async function createProgram(
  first: string | undefined,
  interruption: Interruption,
  { finish, complain }: Channels,
): Promise<Command> {
  const program = new Command('vostro')
    .description('Operates a Vostro installation.')
    .usage('<command>')
    .version(VERSION)
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeErr: complain })
    .configureHelp({ optionDescription: describeOption })
    .exitOverride();
  const wanted = first !== undefined && Object.hasOwn(COMMANDS, first) ? [first] : Object.keys(COMMANDS);
  for (const name of wanted) await COMMANDS[name]?.(program, { interruption, finish });
  return program;
}

// The reader of the output may close the pipe early (`| head`); the command continues.
process.stdout.on('error', () => undefined);
void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
