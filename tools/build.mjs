/** Compiles src/ into a new dist/: outputs of deleted sources are removed, and a failed build changes nothing. */
import { spawnSync } from 'node:child_process';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc');
const partial = 'dist.partial';

rmSync(partial, { recursive: true, force: true });
const compiler = [tsc, '-p', 'tsconfig.build.json', '--outDir', partial];
const { status } = spawnSync(process.execPath, compiler, { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
writeFileSync(`${partial}/.built`, new Date().toISOString());
rmSync('dist', { recursive: true, force: true });
renameSync(partial, 'dist');
