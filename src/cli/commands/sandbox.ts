import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { readSandboxEnv } from '../../config/env.js';
import { EXIT } from '../failure.js';
import { removeReadyFile, writeReadyFile } from '../sandbox/ready-file.js';
import { SandboxServer, StartInterrupted } from '../sandbox/sandbox-server.js';
import type { CommandSpec, Run } from '../shell.js';

interface Options {
  port: number;
  host?: string;
  readyFile?: string;
}

const MAX_PORT = 65_535;

export const SANDBOX: CommandSpec<Options> = {
  name: 'sandbox',
  description:
    'Serve a whole bank with a fresh database of its own for one run of tests, until a signal ends it. Leaves nothing.',
  examples: ['sandbox --port 0 --ready-file ready.json', 'sandbox --port 4000', 'sandbox --json'],
  shape: (command: Command) =>
    command
      .option('--port <port>', 'port to listen on; 0 takes a free one', toPort, 0)
      .option('--host <host>', 'address to listen on (default: HOST, else 127.0.0.1)')
      .option(
        '--ready-file <file>',
        'written with address and credentials when it is ready, removed at its end',
      )
      .addHelpText(
        'after',
        '\nWith DATABASE_URL it starts only if SANDBOX=1 is set, too, to confirm that the database is a sandbox’s.',
      ),
  run: serve,
};

async function serve(...[{ port, host, readyFile }, shell]: Parameters<Run<Options>>): Promise<number> {
  const { output, interruption } = shell;
  const path = readyFile === undefined ? null : resolve(readyFile);
  // Removes the file of an earlier run: a process that waits for the file waits for this run.
  if (path !== null) removeReadyFile(path);
  const variables = readSandboxEnv({ ...process.env, PORT: String(port), ...(host ? { HOST: host } : {}) });
  const asked = interruption.takeOver();
  const server = new SandboxServer(variables, () => interruption.requested);
  try {
    const ready = { ...(await server.start()), pid: process.pid };
    if (path !== null) writeReadyFile(path, ready);
    const where = path === null ? 'Its credentials: --json prints them.' : `Its credentials are in ${path}.`;
    output.result(ready, [`The sandbox is ready on ${ready.baseUrl}`, where]);
    await asked;
    return EXIT.done;
  } catch (error) {
    if (error instanceof StartInterrupted) return EXIT.interrupted;
    throw error;
  } finally {
    if (path !== null) removeReadyFile(path);
    await server.stop();
  }
}

function toPort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (port <= MAX_PORT) return port;
  throw new InvalidArgumentError(`It must be 0 to ${MAX_PORT}.`);
}
