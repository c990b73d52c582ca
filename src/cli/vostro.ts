import 'reflect-metadata';
import { Command, CommanderError } from 'commander';
import { ACCOUNTS_IMPORT } from './commands/accounts-import.js';
import { ADMIN_CREATE } from './commands/admin-create.js';
import { CONTRACT } from './commands/contract.js';
import { KEYS_CREATE } from './commands/keys-create.js';
import { MIGRATE } from './commands/migrate.js';
import { REFERENCE_DATA } from './commands/reference-data.js';
import { VERIFY } from './commands/verify.js';
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

/** `npm run vostro -- <command>`: what the operator of an installation does without HTTP. */
async function main(args: readonly string[]): Promise<number> {
  // Known before the command line is understood, so that its own errors come in the right form too.
  const output = new Output(args.includes('--json'));
  const interruption = new Interruption();
  interruption.listen();
  let exitCode: number = EXIT.done;
  let complaint = '';
  const program = createProgram(interruption, {
    finish: (code) => (exitCode = code),
    complain: (text) => (complaint += text),
  });
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return output.failure(toFailure(error));
    if (error.exitCode === 0) return EXIT.done;
    if (error.code !== 'commander.help') return output.failure(toFailure(error));
    // Help that nobody asked for: the command line ends before it names a command.
    process.stderr.write(complaint);
    return EXIT.usage;
  }
}

interface Channels {
  finish: (exitCode: number) => void;
  /** Told what Commander would print of errors. */
  complain: (text: string) => void;
}

function createProgram(interruption: Interruption, { finish, complain }: Channels): Command {
  const program = new Command('vostro')
    .description('Operates a Vostro installation.')
    .usage('<command>')
    .addHelpText('after', EXIT_CODES)
    .configureOutput({ writeErr: complain })
    .exitOverride();
  const context = { interruption, finish };
  addCommand(program, MIGRATE, context);
  addCommand(program, REFERENCE_DATA, context);
  addCommand(program, VERIFY, context);
  addCommand(program, CONTRACT, context);
  addCommand(program.command('admin').description('Admins: who operates the bank.'), ADMIN_CREATE, context);
  addCommand(
    program.command('keys').description('Keys of customers, platforms, admins.'),
    KEYS_CREATE,
    context,
  );
  addCommand(program.command('accounts').description('Accounts.'), ACCOUNTS_IMPORT, context);
  return program;
}

// Whoever reads the output may stop early (`| head`); what the command does goes on.
process.stdout.on('error', () => undefined);
void main(process.argv.slice(2)).then((exitCode) => {
  process.exitCode = exitCode;
});
