import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Results } from '../../bench/report/results.js';

const ROOT = join(__dirname, '../..');

function node(...args: string[]): { status: number | null; text: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8' });
  return { status, text: stdout + stderr };
}

describe('npm run bench', () => {
  const folder = mkdtempSync(join(tmpdir(), 'vostro-bench-test-'));

  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('measures the floor and the server, and checks every response against the rows', () => {
    const compiled = node('node_modules/typescript/bin/tsc', '-p', 'tsconfig.bench.json');
    expect(compiled).toEqual({ status: 0, text: '' });
    const out = join(folder, 'figures.json');
    const only = '^(floor|vostro) opening/owner c16';
    const ran = node('dist/bench/bench/main.js', '--quick', '--only', only, '--out', out);
    expect(ran).toMatchObject({ status: 0, text: expect.stringContaining(' 0 of them wrong') });
    const { cases, checks } = JSON.parse(readFileSync(out, 'utf8')) as Results;
    expect(Object.keys(cases)).toEqual(['floor opening/owner c16', 'vostro opening/owner c16']);
    // For both subjects: responses, their statuses and rows, of the warm-up and of the load; and the books of the
    // server.
    expect(checks).toEqual({ made: 13, failed: [] });
    for (const figures of Object.values(cases)) expect(figures.perSecond?.median).toBeGreaterThan(0);
  }, 120_000);
});
