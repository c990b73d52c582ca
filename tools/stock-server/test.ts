/**
 * `npm run test:stock`: the quick suite on the PostgreSQL that the system's packages installed, with its default
 * settings, instead of the embedded one: half of it through PgBouncer, if that is installed. Then one benchmark case.
 * With `--if-installed` a system without PostgreSQL is no error.
 */
import { spawnSync } from 'node:child_process';
import { hasPgBouncer, startPgBouncer } from './pgbouncer.js';
import { programsOfPostgres, startStockPostgres } from './postgres.js';

/** Specs of the HTTP APIs and of races between processes. All other specs inspect connections, sessions or plans. */
const BY_HTTP = ['test/apis/', 'test/contract/', 'test/e2e/', 'test/integration/.*races', 'test/stock/'];
const BENCH = ['run', 'bench', '--', '--rounds', '1', '--seconds', '2', '--warm-up', '2'];
const CASES = ['--only', 'vostro opening/platform c64'];

function run(args: string[], variables: Record<string, string>): void {
  const { status } = spawnSync('npm', args, { stdio: 'inherit', env: { ...process.env, ...variables } });
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed`);
}

function test(paths: string[], variables: Record<string, string>): void {
  run(['run', 'test:only', '--', '-c', 'jest.stock.config.cjs', ...paths], variables);
}

async function testOn(programs: string): Promise<void> {
  const postgres = await startStockPostgres(programs);
  const server = { TEST_DATABASE_URL: postgres.url };
  try {
    const withoutThem = ['--testPathIgnorePatterns', ...BY_HTTP];
    if (hasPgBouncer()) {
      const pooler = await startPgBouncer(postgres.url);
      console.log(`Through PgBouncer, ${pooler.poolMode} pooling, to PostgreSQL of ${programs}`);
      try {
        test(BY_HTTP, { ...server, TEST_POOLER_URL: pooler.url });
      } finally {
        await pooler.stop();
      }
      test(withoutThem, server);
    } else {
      console.log('PgBouncer is not installed: every test connects directly');
      test(['--testPathIgnorePatterns', 'test/stock/'], server);
    }
    run([...BENCH, ...CASES], { BENCH_DATABASE_URL: postgres.url });
  } finally {
    postgres.stop();
  }
}

async function main(): Promise<void> {
  const programs = programsOfPostgres();
  if (programs !== undefined) await testOn(programs);
  else if (process.argv.includes('--if-installed'))
    console.log('No PostgreSQL is installed: nothing to test on');
  else throw new Error('no PostgreSQL is installed in /usr/lib/postgresql');
}

main().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exitCode = 1;
});
