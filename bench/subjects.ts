import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';
import type { SubjectName } from './cases.js';
import { seedConventional } from './seed/conventional-seed.js';
import { seedFloor } from './seed/floor-seed.js';
import { seedVostro } from './seed/vostro-seed.js';
import { vostroVariables } from './vostro-secrets.js';
import { PEPPER } from './workloads/tenant.js';

/** How a subject's database is seeded and its server started. */
export interface BenchSubject {
  seed: (url: string, client: Client) => Promise<void>;
  /** `null`: plain SQL, executed by pgbench. */
  server: { command: readonly string[]; variables: (databaseUrl: string) => Record<string, string> } | null;
  /** Whether its database has the project's schema, so that its ledger can be verified. */
  hasBooks: boolean;
}

const TENANT_ALONE = 0;
/** The command that `npm start` and the image use. */
const VOSTRO_SERVER = { command: startCommand(), variables: vostroVariables };

/** The arguments of `node` in the project's start script. */
function startCommand(): string[] {
  const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: { start: string } };
  return scripts.start.split(' ').slice(1);
}

function vostroOn(accounts: number): BenchSubject {
  return {
    seed: (url, client) => seedVostro(url, client, accounts),
    server: VOSTRO_SERVER,
    hasBooks: true,
  };
}

/** @param grownAccounts number of accounts in the growth cases */
export function benchSubjects(grownAccounts: number): Readonly<Record<SubjectName, BenchSubject>> {
  return {
    limit: { ...vostroOn(TENANT_ALONE), server: null },
    floor: {
      seed: (_, client) => seedFloor(client),
      server: {
        command: [join(__dirname, 'floor/server.js')],
        variables: (url) => ({ DATABASE_URL: url }),
      },
      hasBooks: false,
    },
    conventional: {
      seed: seedConventional,
      server: {
        command: [join(__dirname, 'conventional/server.js')],
        variables: (url) => ({ DATABASE_URL: url, SECRET_PEPPER: PEPPER }),
      },
      hasBooks: false,
    },
    vostro: vostroOn(TENANT_ALONE),
    small: vostroOn(TENANT_ALONE),
    grown: vostroOn(grownAccounts),
  };
}
