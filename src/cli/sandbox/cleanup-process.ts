import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { endServer, removeLeftovers } from './leftovers.js';

/**
 * Waits for the end of stdin, which means that the sandbox process has ended for any reason, then stops its server and
 * removes its folder. The last line on stdin is the server's data directory.
 */
async function main(home: string): Promise<void> {
  const lastLine = (await text(process.stdin)).trim().split('\n').at(-1) ?? '';
  if (!existsSync(home)) return;
  const data = lastLine === '' ? join(home, 'postgres') : lastLine;
  await endServer(data);
  removeLeftovers(home, data);
}

const [home] = process.argv.slice(2);
if (home !== undefined) void main(home);
