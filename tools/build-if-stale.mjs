/** Builds before `npm start`, but only if a source is newer than the last build, so that a second start is fast. */
import { existsSync, globSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';

const packages = globSync('packages/*/tsconfig.json').map(dirname);
const inputs = ['tsconfig.json', 'tsconfig.build.json', 'package-lock.json'];
const settings = packages.map((folder) => join(folder, 'tsconfig.json'));
const sources = ['.', ...packages]
  .map((folder) => join(folder, 'src'))
  .flatMap((folder) => readdirSync(folder, { recursive: true }).map((name) => join(folder, name)));
const newest = Math.max(...[...inputs, ...settings, ...sources].map((path) => statSync(path).mtimeMs));
const isFresh = ['.', ...packages]
  .map((folder) => join(folder, 'dist/.built'))
  .every((path) => existsSync(path) && statSync(path).mtimeMs > newest);

// An image contains dist/ but neither src/ nor the compiler; it starts dist/main.js directly and does not run this.
if (!isFresh) {
  // Not to standard output, which a program may parse.
  process.stderr.write('Building, because a source is newer than the last build ...\n');
  await import('./build.mjs');
}
