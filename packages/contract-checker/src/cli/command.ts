import { randomBytes } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { CheckInfo } from '../check.js';
import { choose, type RunReport, runContract } from '../contract-run.js';
import { NoResponse } from '../http-client.js';
import { toJunit } from '../junit.js';
import { WorkspaceClosed } from '../open-workspace.js';
import { summarise, toLines } from '../report.js';
import { type ContractOptions, toChoices, toRunOptions } from './options.js';
import { CheckerUsageError, type CheckerShell, EXIT } from './shell.js';

/** The command without its name: `vostro contract`, and the program of this package (`main.ts`). */
export const CHECKER = {
  description:
    'Check from outside that a server keeps the published contracts. Opens accounts on it; changes only what it opened.',
  examples: [
    '--credentials var/demo.json',
    '--base-url https://bank.example --api owner,platform --credentials ci.json --junit contract.xml',
    '--credentials var/demo.json --only "owner/*" --strict --json',
    '--list --strict',
  ],
  shape: (command: Command) =>
    command
      .option('--base-url <url>', 'the server (default: baseUrl of the credentials)')
      .option('--api <a,b>', 'owner, workspace, platform (default: all with credentials)', collect)
      .option(
        '--credentials <file>',
        'in the form of var/demo.json; VOSTRO_CONTRACT_… variables are preferred to it',
      )
      .option(
        '--only <pattern>',
        'checks whose name contains this; with * as a wildcard, it must match the whole name',
        collect,
      )
      .option('--strict', 'also check promises of Vostro beyond the contracts')
      .option('--destructive', 'also run checks that use up tokens, end a session or transfer money')
      .option(
        '--currency <a,b>',
        'currencies to open accounts in, owner API (default: a built-in list)',
        collect,
      )
      .option('--product <id>', 'product to open accounts of, workspace API (default: of the credentials)')
      .option(
        '--funded-account <identifier>',
        'a platform account in USD; one cent is transferred from it and back (--destructive)',
      )
      .option('--timeout <seconds>', 'time limit of a request', '10')
      .option('--junit <file>', 'write the results as JUnit XML, too')
      .option('--list', 'list the checks with their clauses, without sending a request')
      .addHelpText(
        'after',
        '\nIts exit codes: 0 every check passed or was skipped, 1 the server does not respond, 6 a contract is broken.',
      ),
  /** Executes the command. Resolves to its exit code. */
  run: async (options: ContractOptions, shell: CheckerShell): Promise<number> => {
    try {
      return await check(options, shell);
    } catch (error) {
      if (!(error instanceof CheckerUsageError)) throw error;
      return shell.output.failure({ exitCode: EXIT.usage, code: 'usage', message: error.message });
    }
  },
};

async function check(options: ContractOptions, shell: CheckerShell): Promise<number> {
  if (options.list === true) return list(options, shell);
  const file = options.credentials === undefined ? null : await read(options.credentials);
  const run = toRunOptions(options, file, process.env);
  const chosen = choose(run.apis, run);
  if (chosen.length === 0) throw new CheckerUsageError('--only leaves no check; see --list');
  const { output, interruption } = shell;
  if (isOpenToAll(run.baseUrl))
    output.note('Warning: the credentials are sent to another machine without TLS.');
  output.note(`Checking ${run.apis.join(', ')} at ${run.baseUrl}: ${chosen.length} checks`);
  const startedAt = new Date();
  try {
    const report = await runContract(run, {
      isCancelled: () => interruption.requested,
      onResult: ({ name, result }, done) => {
        if (result === 'failed') output.note(`${done}/${chosen.length} ${name} failed`);
      },
    });
    if (options.junit !== undefined) await writeWhole(options.junit, toJunit(report.results, startedAt));
    return conclude(report, { ...shell, baseUrl: run.baseUrl, startedAt });
  } catch (error) {
    if (error instanceof WorkspaceClosed) throw new CheckerUsageError(error.message);
    if (!(error instanceof NoResponse)) throw error;
    const message = `Nothing answers at ${run.baseUrl}: ${error.message}`;
    return output.failure({ exitCode: EXIT.failed, code: 'unreachable', message });
  }
}

/**
 * Reports the result. A run in which no check passed and none failed is not a success: a pipeline would take it for
 * one.
 */
function conclude(
  { results, created }: RunReport,
  { output, interruption, baseUrl, startedAt }: CheckerShell & { baseUrl: string; startedAt: Date },
): number {
  const summary = summarise(results);
  const checks = results.map(({ isDestructive: destructive, ...one }) => ({ ...one, destructive }));
  const times = { startedAt: startedAt.toISOString(), durationMs: Date.now() - startedAt.getTime() };
  const left = created.map(({ isUncertain: uncertain, ...thing }) => ({ ...thing, uncertain }));
  output.result({ baseUrl, ...times, summary, checks, created: left }, toLines(results, created));
  if (interruption.requested) return EXIT.interrupted;
  if (summary.failed > 0) return EXIT.contractBroken;
  if (summary.passed > 0) return EXIT.done;
  return output.failure({
    exitCode: EXIT.usage,
    code: 'nothing_checked',
    message: 'nothing could be checked: every check was skipped',
  });
}

function list(options: ContractOptions, { output }: CheckerShell): number {
  const { apis, ...choices } = toChoices(options);
  const checks = choose(apis, choices);
  const shown = checks.map(({ isDestructive: destructive, ...check }) => ({ ...check, destructive }));
  output.result({ checks: shown }, checks.flatMap(toLine));
  return EXIT.done;
}

function toLine({ name, level, isDestructive, sentence }: CheckInfo): string[] {
  const marks = [level, ...(isDestructive ? ['destructive'] : [])];
  return [`${name} (${marks.join(', ')})`, `  ${sentence}`];
}

async function read(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new CheckerUsageError(`${path} cannot be read: ${(error as Error).message}`);
  }
}

/** Writes the file atomically: a process that waits for it never reads half of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.${randomBytes(4).toString('hex')}`;
  try {
    await writeFile(unfinished, text);
    await rename(unfinished, path);
  } catch (error) {
    throw new CheckerUsageError(`${path} cannot be written: ${(error as Error).message}`);
  }
}

function isOpenToAll(baseUrl: string): boolean {
  const { protocol, hostname } = new URL(baseUrl);
  return protocol === 'http:' && !/^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

/** Collects lists: separated by commas, or the option repeated. */
function collect(text: string, before: readonly string[] = []): string[] {
  return [...before, ...text.split(',').map((item) => item.trim())];
}
