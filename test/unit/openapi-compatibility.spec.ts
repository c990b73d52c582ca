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

describe('The gate before a breaking change', () => {
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

  it('lets pass what was released', () => {
    expect(run('--check', folder)).toEqual({ status: 0, stderr: '' });
  });

  it('stops a change that breaks a client, and names it', () => {
    change('owner.json', '"operationId": "listAccounts"', '"operationId": "listAll"');
    const { status, stderr } = run('--check', folder);
    expect(status).toBe(1);
    expect(stderr).toContain(`- \`${CHANGE}\``);
  });

  it('lets it pass once it is declared, until it is released', () => {
    change('owner.json', '"operationId": "listAccounts"', '"operationId": "listAll"');
    change('CHANGES.md', '## Unreleased\n', `## Unreleased\n\n- \`${CHANGE}\` — call listAll\n`);
    expect(run('--check', folder)).toEqual({ status: 0, stderr: '' });
    expect(run('--release', '10.0.0', folder).status).toBe(0);
    expect(run('--check', folder)).toEqual({ status: 0, stderr: '' });
  });

  it('stops a declaration that is not so', () => {
    change('CHANGES.md', '## Unreleased\n', `## Unreleased\n\n- \`${CHANGE}\` — call listAll\n`);
    const { status, stderr } = run('--check', folder);
    expect(status).toBe(1);
    expect(stderr).toContain('declares what is not so');
  });

  it('releases nothing without a version', () => {
    expect(run('--release', 'soon', folder)).toMatchObject({ status: 1 });
  });
});

it('The committed documents break no client of the last release that docs/openapi/CHANGES.md does not warn', () => {
  expect(run('--check')).toEqual({ status: 0, stderr: '' });
});
