/**
 * Compiles src/ into a new dist/, and each workspace in packages/ into a new dist/ of its own: outputs of deleted
 * sources are removed, and a failed build changes nothing.
 */
import { spawnSync } from 'node:child_process';
import { globSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
// The build of the image has no packages/.
const projects = ['tsconfig.build.json', ...globSync('packages/*/tsconfig.json')];
const outputs = projects.map((project) => join(dirname(project), 'dist'));
const partial = (output) => `${output}.partial`;

for (const [index, project] of projects.entries()) {
  const output = partial(outputs[index]);
  rmSync(output, { recursive: true, force: true });
  const compiler = [tsc, '-p', project, '--outDir', output];
  const { status } = spawnSync(process.execPath, compiler, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}
for (const output of outputs) {
  writeFileSync(join(partial(output), '.built'), new Date().toISOString());
  rmSync(output, { recursive: true, force: true });
  renameSync(partial(output), output);
}
