import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';

const DEBIAN = '/usr/lib/postgresql';
/** The SQL scripts depend on these numbers. */
const CLIENTS = 16;
const THREADS = 2;
const MAX_COMPLAINT = 1_000;

export interface PgbenchRun {
  /** Name of one of the scripts in this folder. */
  script: 'opening' | 'transfer';
  url: string;
  seconds: number;
  variables: Readonly<Record<string, number>>;
}

export interface PgbenchResult {
  transactions: number;
  perSecond: number;
}

/** Path of pgbench, PostgreSQL's load generator, in PATH or in Debian's folders; `null`: not found. */
export function findPgbench(): string | null {
  const versions = existsSync(DEBIAN) ? readdirSync(DEBIAN).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    ...(process.env.PATH ?? '').split(delimiter),
    ...versions.map((version) => join(DEBIAN, version, 'bin')),
  ];
  return folders.map((folder) => join(folder, 'pgbench')).find(existsSync) ?? null;
}

/**
 * Runs one of the scripts with prepared statements; each connection executes one transaction after the other.
 * @throws Error when a transaction failed or a client gave up
 */
export async function runPgbench(program: string, run: PgbenchRun): Promise<PgbenchResult> {
  const defined = Object.entries({ ...run.variables, n: -1 }).flatMap(([name, value]) => [
    '-D',
    `${name}=${value}`,
  ]);
  const file = join(process.cwd(), 'bench/limit', `${run.script}.sql`);
  const clients = ['-c', String(CLIENTS), '-j', String(THREADS), '-T', String(run.seconds)];
  const args = ['-n', '-M', 'prepared', ...clients, ...defined, '-f', file, run.url];
  try {
    return readReport((await promisify(execFile)(program, args)).stdout);
  } catch (error) {
    // Only a part of stderr is shown, because each client prints the same error. The command is not shown, because it
    // contains the server's password.
    const { stderr } = error as { stderr?: string };
    throw stderr === undefined ? error : new Error(`pgbench failed:\n${stderr.slice(0, MAX_COMPLAINT)}`);
  }
}

/** Parses the report of pgbench. @throws Error when a transaction failed, or the report has another form */
export function readReport(text: string): PgbenchResult {
  const transactions = /^number of transactions actually processed: (\d+)/m.exec(text)?.[1];
  const failed = /^number of failed transactions: (\d+)/m.exec(text)?.[1] ?? '0';
  const perSecond = /^tps = ([\d.]+)/m.exec(text)?.[1];
  if (transactions === undefined || perSecond === undefined || failed !== '0')
    throw new Error(`pgbench did not do what it was asked:\n${text}`);
  return { transactions: Number(transactions), perSecond: Number(perSecond) };
}
