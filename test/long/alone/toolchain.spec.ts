import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { openFolder } from '../../support/program.js';
import { createTestDatabase, type TestDatabase } from '../../support/test-database.js';

const ROOT = process.cwd();
/** The files that the tools read. */
const SOURCES = [
  'src',
  'packages',
  'tools',
  'package.json',
  'nest-cli.json',
  'ormconfig.ts',
  'tsconfig.json',
  'tsconfig.build.json',
];
const STARTED = '"docs":"http';
const run = promisify(execFile);

/** A copy of the project, so that the tests do not replace the dist folder of other tests. */
let copy: string;

beforeAll(() => {
  copy = mkdtempSync(join(tmpdir(), 'vostro-toolchain-'));
  for (const name of SOURCES) cpSync(join(ROOT, name), join(copy, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
});
afterAll(() => {
  rmSync(copy, { recursive: true, force: true });
});

const path = `${join(ROOT, 'node_modules/.bin')}:${process.env.PATH ?? ''}`;
const inCopy = async (
  command: string,
  args: string[],
  variables: NodeJS.ProcessEnv = {},
): Promise<string> => {
  // Without colour codes, which would split the texts that are searched for.
  const env = { ...process.env, FORCE_COLOR: '0', PATH: path, ...variables };
  const { stdout, stderr } = await run(command, args, { cwd: copy, env });
  return stdout + stderr;
};

/** Every file of the build with its text, except the timestamp file. */
function builtFiles(): Map<string, string> {
  const entries = readdirSync(join(copy, 'dist'), { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile() && entry.name !== '.built');
  return new Map(
    files.map(({ parentPath, name }) => {
      const file = join(parentPath, name);
      return [file.slice(copy.length), readFileSync(file, 'utf8')];
    }),
  );
}

describe('The Nest CLI', () => {
  it('builds the same files as npm run build', async () => {
    await inCopy('npm', ['run', 'build']);
    const byNpm = builtFiles();
    await inCopy('nest', ['build']);
    const byNest = builtFiles();
    expect([...byNest.keys()].sort()).toEqual([...byNpm.keys()].sort());
    expect([...byNest].filter(([file, text]) => byNpm.get(file) !== text)).toEqual([]);
    expect(byNest.size).toBeGreaterThan(500);
  }, 180_000);

  it('generates files in the folder of the same name', async () => {
    const printed = await inCopy('nest', ['generate', 'service', 'accounts/closing', '--dry-run', '--flat']);
    expect(printed).toContain('CREATE src/accounts/closing.service.ts');
  });

  it('starts the app and restarts it after a change, until Ctrl-C', async () => {
    const home = openFolder();
    const env = { ...process.env, PATH: path, VAR_DIR: home, PORT: '0' };
    const watch = spawn('npm', ['run', 'dev'], { cwd: copy, env, detached: true });
    let printed = '';
    for (const channel of [watch.stdout, watch.stderr])
      channel.on('data', (chunk) => (printed += String(chunk)));
    const starts = (): number => printed.split(STARTED).length - 1;
    const untilStarts = async (count: number): Promise<void> => {
      while (starts() < count) await once(watch.stdout, 'data');
    };
    try {
      await untilStarts(1);
      const main = join(copy, 'src/main.ts');
      writeFileSync(main, readFileSync(main, 'utf8').replace('is ready on', 'is up on'));
      await untilStarts(2);
    } finally {
      // A terminal sends the signal to the whole process group.
      process.kill(-(watch.pid ?? 0), 'SIGINT');
      await once(watch, 'close');
    }
    expect(existsSync(join(home, 'postgres/postmaster.pid'))).toBe(false);
    rmSync(home, { recursive: true, force: true });
  }, 180_000);
});

describe('TypeORM’s command line, with ormconfig.ts', () => {
  let database: TestDatabase;
  beforeAll(async () => {
    database = await createTestDatabase('template0');
  });
  afterAll(() => database.drop());

  const typeorm = (...args: string[]): Promise<string> =>
    inCopy('npm', ['run', ...args], { DATABASE_URL: database.url });
  const shown = async (): Promise<{ done: number; open: number }> => {
    const text = await typeorm('migration:show');
    return { done: text.match(/^\[X\]/gm)?.length ?? 0, open: text.match(/^\[ \]/gm)?.length ?? 0 };
  };

  it('shows, runs and reverts the migrations, and generates none while the schema matches the entities', async () => {
    const { done, open } = await shown();
    expect([done, open > 5]).toEqual([0, true]);
    await typeorm('migration:run');
    expect(await shown()).toEqual({ done: open, open: 0 });
    expect(await typeorm('migration:check')).toContain('No changes in database schema were found');
    await typeorm('migration:revert');
    expect(await shown()).toEqual({ done: open - 1, open: 1 });
    expect(await typeorm('migration:generate', '--', join(copy, 'drift'))).toContain(
      'generated successfully',
    );
  }, 120_000);
});
