/** `npm run dev`: compiles on every change and starts the app again, until Ctrl-C. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import './build.mjs';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const children = [
  [tsc, '-p', 'tsconfig.build.json', '--outDir', 'dist', '--watch', '--preserveWatchOutput'],
  ['--watch', '--watch-preserve-output', '--enable-source-maps', 'dist/main.js'],
].map((args) => spawn(process.execPath, args, { stdio: 'inherit' }));

// A terminal sends Ctrl-C to the children itself; this passes on what only this process gets.
for (const signal of ['SIGTERM', 'SIGHUP']) {
  process.on(signal, () => {
    for (const child of children) child.kill(signal);
  });
}
// The app ends with its database stopped; then there is nothing left to watch for.
process.on('SIGINT', () => undefined);
for (const child of children) child.on('exit', () => children.forEach((other) => other.kill()));
