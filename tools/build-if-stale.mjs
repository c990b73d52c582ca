/** Builds before `npm start`, but only when a source is newer than the last build: a second start is quick. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const inputs = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const sources = readdirSync('src', { recursive: true }).map((name) => join('src', name));
const newest = Math.max(...[...inputs, ...sources].map((path) => statSync(path).mtimeMs));
const isFresh = existsSync('dist/.built') && statSync('dist/.built').mtimeMs > newest;

// An image holds dist/ but neither src/ nor the compiler; it starts dist/main.js itself and never comes here.
if (!isFresh) {
  // Not on the standard output, which may be read by a program.
  process.stderr.write('Building, because a source is newer than the last build ...\n');
  await import('./build.mjs');
}
