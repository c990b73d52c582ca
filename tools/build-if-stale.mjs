/** Builds before `npm start`, but only if a source is newer than the last build, so that a second start is fast. */
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const inputs = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const sources = readdirSync('src', { recursive: true }).map((name) => join('src', name));
const newest = Math.max(...[...inputs, ...sources].map((path) => statSync(path).mtimeMs));
const isFresh = existsSync('dist/.built') && statSync('dist/.built').mtimeMs > newest;

// An image contains dist/ but neither src/ nor the compiler; it starts dist/main.js directly and does not run this.
if (!isFresh) {
  // Not to standard output, which a program may parse.
  process.stderr.write('Building, because a source is newer than the last build ...\n');
  await import('./build.mjs');
}
