import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { spawnSync } from 'node:child_process';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const PROGRAM = join(__dirname, '../../tools/openapi/check-compatibility.ts');
const CHANGE = 'owner: GET /api/v1/accounts: operationId listAccounts → listAll';

function run(...args: string[]) {
  const { status, stderr } = spawnSync(process.execPath, ['--import', 'tsx', PROGRAM, ...args], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

describe('The check for breaking changes', () => {
  let folder: string;
  const change = (name: string, from: string, to: string): void => {
    const path = join(folder, name);
    const text = readFileSync(path, 'utf8');
    expect(text).toContain(from);
    writeFileSync(path, text.replace(from, to));
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vostro-documents-'));
    cpSync('docs/openapi', folder, { recursive: true });
    expect(run('--release', '9.0.0', folder)).toEqual({ status: 0, stderr: '' });
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('passes for the released documents', () => {
    expect(run('--check', folder)).toEqual({ status: 0, stderr: '' });
  });

  it('fails for a change that breaks a client, and names it', () => {
    change('owner.json', '"operationId": "listAccounts"', '"operationId": "listAll"');
    const { status, stderr } = run('--check', folder);
    expect(status).toBe(1);
    expect(stderr).toContain(`- \`${CHANGE}\``);
  });

  it('passes once the change is declared, and after its release', () => {
    change('owner.json', '"operationId": "listAccounts"', '"operationId": "listAll"');
    change('CHANGES.md', '## Unreleased\n', `## Unreleased\n\n- \`${CHANGE}\` — call listAll\n`);
    expect(run('--check', folder)).toEqual({ status: 0, stderr: '' });
    expect(run('--release', '10.0.0', folder).status).toBe(0);
    expect(run('--check', folder)).toEqual({ status: 0, stderr: '' });
  });

  it('fails for a declared change that was not made', () => {
    change('CHANGES.md', '## Unreleased\n', `## Unreleased\n\n- \`${CHANGE}\` — call listAll\n`);
    const { status, stderr } = run('--check', folder);
    expect(status).toBe(1);
    expect(stderr).toContain('declares what is not so');
  });

  it('releases nothing without a version', () => {
    expect(run('--release', 'soon', folder)).toMatchObject({ status: 1 });
  });
});

it('The committed documents have no undeclared breaking change since the last release', () => {
  expect(run('--check')).toEqual({ status: 0, stderr: '' });
});
