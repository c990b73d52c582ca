import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { endServer, removeLeftovers } from './leftovers.js';

/**
 * Waits until the sandbox that called it is gone, however it went, and puts away what it left. What it hears is where the
 * server's data is, once that is known.
 */
async function main(home: string): Promise<void> {
  const heard = (await text(process.stdin)).trim().split('\n').at(-1) ?? '';
  if (!existsSync(home)) return;
  const data = heard === '' ? join(home, 'postgres') : heard;
  await endServer(data);
  removeLeftovers(home, data);
}

const [home] = process.argv.slice(2);
if (home !== undefined) void main(home);
