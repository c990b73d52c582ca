import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import { IssueCredentialRequest, presentIssued } from '../../apis/admin/credentials/credential.dto.js';
import { toNewCredential } from '../../apis/admin/credentials/new-credential.js';
import { systemContext } from '../../audit/audit-context.js';
import { AdminsService } from '../../auth/admins.service.js';
import { OWNER_SCOPES, SCOPES } from '../../auth/caller.js';
import {
  CredentialAdministration,
  type IssuedCredential,
  type NewCredential,
} from '../../auth/credential-administration.service.js';
import { CustomersService } from '../../customers/customers.service.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import { SYSTEM_PLATFORM_ID } from '../../entities/platform.entity.js';
import { validated } from '../../http/body.js';
import { PlatformsService } from '../../platforms/platforms.service.js';
import { AppError, type FieldViolation } from '../../shared/app-error.js';
import { parseTenantId } from '../../shared/object-id.js';
import { EXIT, notAnId, UsageError } from '../failure.js';
import type { CommandSpec, Run } from '../shell.js';
import { withApp } from '../with-app.js';

const REASON = 'issued on the command line';
const ACT = systemContext('command line', REASON);
/** Options that limit a key; the scopes of an admin's key follow from its role. */
type Limit = 'name' | 'scopes' | 'expires' | 'networks' | 'currencies';
/** The limits that an admin's key does not take. */
const NOT_OF_ADMINS = ['name', 'scopes', 'currencies'] as const;
/** The option of each field, for error messages. */
const OPTION_OF: Readonly<Record<string, string>> = {
  customer: '--owner',
  platform: '--platform',
  name: '--name',
  scopes: '--scopes',
  expiresAt: '--expires',
  allowedNetworks: '--networks',
  allowedCurrencies: '--currencies',
};

type Options = Partial<Record<'owner' | 'platform' | 'admin' | Limit, string>>;
type Issue = (app: INestApplicationContext) => Promise<IssuedCredential>;

export const KEYS_CREATE: CommandSpec<Options> = {
  name: 'create',
  description:
    'Issue a key of a customer, a platform or an admin. Prints the key and, this once, the secret.',
  examples: [
    'keys create --owner cus_1_2 --name "back office" --scopes accounts:read',
    'keys create --platform plt_1 --networks 192.0.2.0/24,2001:db8::/32 --currencies EUR,USD',
    'keys create --platform plt_1 --expires 2030-01-31T00:00:00Z --json',
    'keys create --admin adm_0_1 --networks 192.0.2.0/24 --expires 2030-01-31T00:00:00Z',
  ],
  shape: (command: Command) =>
    command
      .option('--owner <id>', 'key of this customer, for the owner API (cus_…)')
      .option('--platform <id>', 'key of this platform, for the platform API (plt_…)')
      .option('--admin <id>', 'one more key of this admin (adm_…); takes --expires and --networks')
      .option('--name <name>', 'display name (default: "command line")')
      .option('--scopes <a,b>', 'its scopes (default: all scopes of its kind)')
      .option('--expires <time>', 'its expiry, such as 2030-01-31T00:00:00Z (default: never)')
      .option('--networks <a,b>', 'CIDR blocks it may be used from (default: any)')
      .option('--currencies <a,b>', 'currencies it may open accounts in (default: any)')
      .addHelpText(
        'after',
        '\nGive exactly one of --owner, --platform and --admin.' +
          `\nScopes of an owner’s key: ${OWNER_SCOPES.join(', ')};\nof a platform’s: ${SCOPES.join(', ')}.`,
      ),
  run: create,
};

async function create(...[options, { output }]: Parameters<Run<Options>>): Promise<number> {
  const issue = toIssue(options);
  const issued = await withApp(output, issue);
  const shown = presentIssued(issued, new Date());
  output.result(shown, [
    `Credential  ${shown.id} (${shown.kind}, ${shown.scopes.join(' ')})`,
    `Key         ${shown.key}`,
    `Secret      ${shown.secret}`,
    'The secret is shown this once.',
  ]);
  return EXIT.done;
}

/** The issue that the options describe, validated before a database is opened. @throws UsageError */
function toIssue(options: Options): Issue {
  const { owner, platform, admin } = options;
  if ([owner, platform, admin].filter((id) => id !== undefined).length !== 1)
    throw new UsageError('give exactly one of --owner, --platform and --admin');
  if (admin !== undefined) return toAdminIssue(admin, options);
  const wanted = toWanted(options);
  return async (app) => {
    await assertBearer(app, wanted);
    return app.get(CredentialAdministration).issueNew(wanted, { audit: ACT, claim: null });
  };
}

function toAdminIssue(id: string, options: Options): Issue {
  const limit = NOT_OF_ADMINS.find((name) => options[name] !== undefined);
  if (limit !== undefined) throw new UsageError(`--${limit} is not for the keys of admins`);
  const admin = parseTenantId('adm', id);
  if (admin?.platformId !== SYSTEM_PLATFORM_ID) throw notAnId('--admin', 'adm_0_…', id);
  const { expires, networks } = options;
  // These limits have the same rules for every kind of key, so they are validated as a platform key's, without a
  // lookup.
  const { expiresAt, allowedNetworks } = toWanted({ platform: 'plt_1', expires, networks });
  return (app) =>
    app
      .get(UnitOfWork)
      .run((tx) => app.get(AdminsService).issueKey(tx, admin.id, ACT, { expiresAt, allowedNetworks }));
}

/** Validates by the rules of the admin API. */
function toWanted({ owner, platform, name, scopes, expires, networks, currencies }: Options): NewCredential {
  const body = {
    kind: owner === undefined ? 'platform' : 'owner',
    customer: owner,
    platform,
    name: name ?? 'command line',
    scopes: toList(scopes),
    expiresAt: expires,
    reason: REASON,
    allowedNetworks: toList(networks),
    allowedCurrencies: toList(currencies),
  };
  if (body.scopes !== undefined) assertScopes(body.scopes, owner === undefined ? SCOPES : OWNER_SCOPES);
  try {
    return toNewCredential(validated(IssueCredentialRequest, body), new Date());
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const { fields = [] } = error.details;
    throw new UsageError(fields.map(describeField).join('; '));
  }
}

/** @throws AppError object_not_found */
async function assertBearer(
  app: INestApplicationContext,
  { platformId, customerId }: NewCredential,
): Promise<void> {
  await app.get(PlatformsService).get(platformId);
  if (customerId === null) return;
  const eligibility = await app.get(CustomersService).findEligibility(platformId, customerId);
  if (eligibility === null) throw new AppError('object_not_found');
}

/** @throws UsageError naming the scopes that there are not, and those that there are */
function assertScopes(scopes: string[], known: readonly string[]): void {
  const unknown = scopes.filter((scope) => !known.includes(scope));
  if (unknown.length > 0)
    throw new UsageError(`--scopes must be of ${known.join(', ')}, not ${unknown.join(', ')}`);
}

/** What these options say is no secret, so that a message may show it. */
function describeField({ path, message, invalidValue }: FieldViolation): string {
  const given = typeof invalidValue === 'string' && invalidValue !== '' ? `, not ${invalidValue}` : '';
  return `${toOption(path)} ${message}${given}`;
}

function toList(text: string | undefined): string[] | undefined {
  return text?.split(',').map((item) => item.trim());
}

/** `allowedNetworks[0]` → `--networks` */
function toOption(path: string): string {
  const field = path.replace(/\[.*/, '');
  return OPTION_OF[field] ?? field;
}
