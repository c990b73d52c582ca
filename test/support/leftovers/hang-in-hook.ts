import { spawn } from 'node:child_process';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:net';

const FOREVER = 'setInterval(() => undefined, 1_000)';

/** Starts a program like a server of the tests, and notes its process id. */
function startProgram(): void {
  const child = spawn(process.execPath, ['-e', FOREVER], { stdio: ['ignore', 'pipe', 'inherit'] });
  appendFileSync(process.env.LEFTOVERS_FILE ?? '', `${child.pid ?? 0}\n`);
}

/** A hook that leaves a server and programs behind, and never ends. */
export async function hangInHook(): Promise<void> {
  createServer().listen(0, '127.0.0.1');
  startProgram();
  // A start that takes longer than the hook may, and goes on after the end of the file.
  setTimeout(startProgram, 3_000);
  await new Promise(() => undefined);
}
