import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../../src/embedded-postgres/process-identity.js';
import { until } from '../support/until.js';

const JEST = ['--experimental-vm-modules', 'node_modules/jest/bin/jest.js'];
const CONFIG = ['-c', 'test/support/leftovers/jest.config.cjs'];
const ENDS_WITHIN_MS = 60_000;

describe('A run of tests in which a hook times out', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'vostro-leftovers-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it.each([
    ['in one process', ['--runInBand'], 2],
    ['in workers', ['--maxWorkers', '2'], 1],
  ])(
    'ends by itself as failed %s, and leaves no process behind',
    async (_, args, leastStarted) => {
      const file = join(folder, 'started');
      const jest = spawn(process.execPath, [...JEST, ...CONFIG, ...args], {
        env: { ...process.env, LEFTOVERS_FILE: file },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      let printed = '';
      for (const channel of [jest.stdout, jest.stderr])
        channel.on('data', (chunk) => (printed += String(chunk)));
      const limit = setTimeout(() => jest.kill('SIGKILL'), ENDS_WITHIN_MS);
      const [code] = (await once(jest, 'exit')) as [number | null];
      clearTimeout(limit);
      expect(printed).toContain('Exceeded timeout of 500 ms for a hook');
      expect(code).toBe(1);
      const started = readFileSync(file, 'utf8').trim().split('\n').map(Number);
      expect(started.length).toBeGreaterThanOrEqual(leastStarted);
      try {
        await until(() => !started.some(isAlive), { what: 'the end of every program' });
      } finally {
        for (const pid of started.filter(isAlive)) process.kill(pid, 'SIGKILL');
      }
    },
    ENDS_WITHIN_MS + 30_000,
  );
});
