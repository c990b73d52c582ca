import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { breakingChanges } from './compatibility/breaking-changes.js';
import { type Contract, contractOf } from './compatibility/contract.js';
import { declaredChanges, disagreement, withRelease } from './compatibility/declared-changes.js';

const FOLDER = 'docs/openapi';

/**
 * `npm run openapi:compatible` fails when a document would break a client of the last release and
 * `docs/openapi/CHANGES.md` does not declare it; `npm run openapi:release -- 1.1.0` makes the current documents the
 * last release. An optional argument names another folder of documents, with `CHANGES.md` and `released/`.
 */
async function main([mode, ...given]: readonly string[]): Promise<void> {
  if (mode === '--release') await release(given[1] ?? FOLDER, given[0]);
  else await check(given[0] ?? FOLDER);
}

async function check(folder: string): Promise<void> {
  const found: string[] = [];
  for (const file of await documentsIn(join(folder, 'released'))) {
    const before = await readJson(join(folder, 'released', file));
    const after = contractOf(await readJson(join(folder, file)));
    const api = file.replace('.json', '');
    found.push(...breakingChanges(before, after).map((change) => `${api}: ${change}`));
  }
  const { undeclared, unfounded } = disagreement(found, declaredChanges(await readChanges(folder)));
  tell(`These changes break clients. Undo them, or declare each in ${folder}/CHANGES.md:`, undeclared);
  tell(`${folder}/CHANGES.md declares what is not so:`, unfounded);
}

async function release(folder: string, version: string | undefined): Promise<void> {
  if (version === undefined || !/^\d+\.\d+\.\d+$/.test(version)) throw new Error('name the release: 1.1.0');
  await mkdir(join(folder, 'released'), { recursive: true });
  for (const file of await documentsIn(folder)) {
    const contract = contractOf(await readJson(join(folder, file)));
    await writeFile(join(folder, 'released', file), `${JSON.stringify(contract)}\n`);
  }
  const heading = `${version}, ${new Date().toISOString().slice(0, 10)}`;
  await writeFile(join(folder, 'CHANGES.md'), withRelease(await readChanges(folder), heading));
}

async function documentsIn(folder: string): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.endsWith('.json')).sort();
}

function readChanges(folder: string): Promise<string> {
  return readFile(join(folder, 'CHANGES.md'), 'utf8');
}

async function readJson(path: string): Promise<Contract> {
  return JSON.parse(await readFile(path, 'utf8')) as Contract;
}

function tell(heading: string, changes: readonly string[]): void {
  if (changes.length === 0) return;
  process.stderr.write(`${heading}\n${changes.map((change) => `- \`${change}\` — why\n`).join('')}`);
  process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${(error as Error).message}\n`);
  process.exitCode = 1;
});
