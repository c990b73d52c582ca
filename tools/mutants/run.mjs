/**
 * Plants each fault of faults.mjs, one at a time, and runs the specs that should detect it; if they do not, the whole
 * suite. An undetected fault is a gap in the suite: the command ends with 1. `--write` renews the table in
 * docs/contract-tests.md; `--quick` runs only the named specs. It works on a copy, so the sources never change.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { FAULTS } from './faults.mjs';

const PAGE = 'docs/contract-tests.md';
const [BEGIN, END] = ['<!-- mutants -->', '<!-- /mutants -->'];
const COPIED = [
  'src',
  'packages',
  'test',
  'docs',
  'jest.config.cjs',
  'tsconfig.json',
  'package.json',
  'dist',
  'tools',
  'tsconfig.build.json',
];
// Never mutated, so linked instead of copied.
const LINKED = ['node_modules', 'clients'];

/** A copy of the project, so that the sources are not changed. */
function copyProject() {
  const copy = mkdtempSync(join(tmpdir(), 'vostro-mutants-'));
  for (const name of COPIED) cpSync(name, join(copy, name), { recursive: true });
  for (const name of LINKED) symlinkSync(resolve(name), join(copy, name));
  return copy;
}

/** The first test that fails under the given specs; `null` when all pass. */
function firstFailure(copy, specs) {
  const report = join(copy, 'report.json');
  rmSync(report, { force: true });
  const jest = 'node_modules/jest/bin/jest.js';
  const options = [
    '--json',
    `--outputFile=${report}`,
    '--testPathIgnorePatterns',
    '/node_modules/',
    'test/long/',
    'test/e2e/',
  ];
  const args = [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    jest,
    ...specs,
    ...options,
  ];
  spawnSync(process.execPath, args, { cwd: copy, stdio: 'ignore' });
  const { testResults, numTotalTests } = JSON.parse(readFileSync(report, 'utf8'));
  if (numTotalTests === 0) throw new Error(`no test ran for ${specs.join(' ')}`);
  for (const { name, message, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    const spec = name.slice(name.indexOf('/test/') + 1);
    if (failed !== undefined) return { spec, test: failed.fullName, failures: countFailures(testResults) };
    // A mutation that fails to compile or load is no fault that the suite must find.
    if (assertionResults.length === 0 && message !== '') throw new Error(`${spec} does not run:\n${message}`);
  }
  return null;
}

function countFailures(testResults) {
  return testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status === 'failed').length;
}

function plant(copy, { file, from, to }) {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} must hold once: ${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return () => writeFileSync(path, text);
}

function build(copy) {
  const { status } = spawnSync(process.execPath, ['tools/build.mjs'], { cwd: copy, stdio: 'inherit' });
  if (status !== 0) throw new Error('the copy does not build');
}

function tryFault(copy, fault) {
  const restore = plant(copy, fault);
  try {
    if (fault.rebuild) build(copy);
    const found = firstFailure(copy, fault.specs);
    return found ?? (isQuick ? null : firstFailure(copy, []));
  } finally {
    restore();
    if (fault.rebuild) build(copy);
  }
}

/** The rows of the table by fault, in the order of faults.mjs; rows of faults not run now are kept. */
function toTable(results, before) {
  const rows = new Map(
    before
      .split('\n')
      .filter((line) => line.startsWith('| '))
      .map((line) => [line.split('|')[1].trim(), line]),
  );
  for (const { fault, found } of results) {
    const by = found === null ? '**nothing**' : `\`${found.spec}\`: ${found.test.replaceAll('|', '\\|')}`;
    rows.set(fault.fault, `| ${fault.fault} | \`${fault.file}\` | ${by} |`);
  }
  const kept = FAULTS.flatMap(({ fault }) => rows.get(fault) ?? []);
  return ['| fault | planted in | first noticed by |', '| --- | --- | --- |', ...kept].join('\n');
}

function write(results) {
  const page = readFileSync(PAGE, 'utf8');
  const [before, rest] = page.split(BEGIN);
  const [table = '', after] = (rest ?? '').split(END);
  if (after === undefined) throw new Error(`${PAGE} has no place for the table: ${BEGIN} … ${END}`);
  writeFileSync(PAGE, `${before}${BEGIN}\n\n${toTable(results, table)}\n\n${END}${after}`);
}

const isQuick = process.argv.includes('--quick');
const only = process.argv.slice(2).filter((argument) => !argument.startsWith('--'));
const chosen = FAULTS.filter(({ fault }) => only.length === 0 || only.some((text) => fault.includes(text)));
const copy = copyProject();
const results = [];
try {
  const clean = firstFailure(copy, [...new Set(chosen.flatMap(({ specs }) => specs))]);
  if (clean !== null) throw new Error(`${clean.spec} fails without any fault: ${clean.test}`);
  for (const fault of chosen) {
    const found = tryFault(copy, fault);
    results.push({ fault, found });
    console.log(
      `${found === null ? 'MISSED' : 'found '}  ${fault.fault}${found === null ? '' : `\n        ${found.spec}: ${found.test} (${found.failures} failed)`}`,
    );
  }
} finally {
  rmSync(copy, { recursive: true, force: true });
}
if (process.argv.includes('--write')) write(results);
const missed = results.filter(({ found }) => found === null).length;
console.log(`${results.length - missed} of ${results.length} faults were found`);
process.exitCode = missed === 0 ? 0 : 1;
