import { execFileSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { openFolder, type Program, run } from '../../support/program.js';

/** The blocks of README's tour: commands, and what they print with `…` where it differs from run to run. */
function blocks(kind: 'sh' | 'text'): string[] {
  const readme = readFileSync('README.md', 'utf8');
  const tour = readme.slice(readme.indexOf('\n## A tour'), readme.indexOf('\n## The three contracts'));
  return [...tour.matchAll(new RegExp(`^\`\`\`${kind}\n([^]*?)^\`\`\``, 'gm'))].map(([, text = '']) => text);
}

/** A line of the README as a pattern. */
function patternOf(line: string): RegExp {
  const parts = line.split('…').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`);
}

describe('The tour in the README', () => {
  const folder = openFolder();
  let program: Program;
  beforeAll(async () => {
    program = run('main.js', { VAR_DIR: join(folder, 'var'), PORT: '0' });
    await program.until('ready on');
  });
  afterAll(async () => {
    await program.end('SIGINT');
    rmSync(folder, { recursive: true, force: true });
  });

  it('prints what the README shows, on a fresh demo', () => {
    // Each command ends its line.
    const script = blocks('sh')
      .join('')
      .replace(/^curl .*$/gm, '$&; echo');
    const printed = execFileSync('bash', ['-euc', script], { cwd: folder, encoding: 'utf8' });
    // CSV lines end with CRLF.
    const lines = printed
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '');
    const shown = blocks('text')
      .join('')
      .split('\n')
      .filter((line) => line !== '');
    expect(shown.length).toBeGreaterThan(10);
    expect(lines).toEqual(shown.map((line) => expect.stringMatching(patternOf(line))));
  });
});
