import type { INestApplicationContext } from '@nestjs/common';
import type { Command } from 'commander';
import type { EntityManager } from 'typeorm';
import { systemContext } from '../../audit/audit-context.js';
import { assertLive } from '../../auth/credential-delegation.service.js';
import {
  CredentialAdministration,
  type CredentialView,
  DEFAULT_OVERLAP_SECONDS,
  type IssuedCredential,
  MAX_OVERLAP_SECONDS,
} from '../../auth/credential-administration.service.js';
import { UnitOfWork } from '../../database/unit-of-work.js';
import type { Credential } from '../../entities/credential.entity.js';
import { AppError } from '../../shared/app-error.js';
import { parseTenantId, type TenantObject } from '../../shared/object-id.js';
import { EXIT, notAnId, UsageError } from '../failure.js';
import type { CommandSpec } from '../shell.js';
import { withApp } from '../with-app.js';

const ACT = systemContext('command line', 'changed on the command line');

const takesKey = (command: Command): Command => command.argument('<credential>', 'its id, crd_…');

export const KEYS_ROTATE: CommandSpec<{ overlap?: string }> = {
  name: 'rotate',
  description: 'Rotate the secret of any key, an admin’s too. Prints the new secret, this once.',
  examples: ['keys rotate crd_0_3 --overlap 0', 'keys rotate crd_1_7 --json'],
  shape: (command) =>
    takesKey(command).option(
      '--overlap <seconds>',
      'seconds for which the previous secret and its tokens stay valid (default: a day)',
    ),
  run: async ({ overlap }, { output }, name) => {
    const overlapSeconds = toOverlap(overlap);
    const id = toCredentialId(name);
    const { key, secret } = await withApp(output, (app) =>
      change<IssuedCredential>(app, id, (tx, credentials, credential) =>
        credentials.rotate(tx, credential, overlapSeconds, ACT),
      ),
    );
    output.result({ id: name, key, secret }, [
      `Credential  ${name}`,
      `Key         ${key}`,
      `Secret      ${secret}`,
      'The secret is shown this once.',
    ]);
    return EXIT.done;
  },
};

export const KEYS_REVOKE: CommandSpec<Record<string, never>> = {
  name: 'revoke',
  description: 'Revoke any key permanently, including an admin’s, with the tokens issued to it.',
  examples: ['keys revoke crd_0_3'],
  shape: takesKey,
  run: async (_, { output }, name) => {
    const id = toCredentialId(name);
    const { key } = await withApp(output, (app) =>
      change<CredentialView>(app, id, (tx, credentials, credential) =>
        credentials.revoke(tx, credential, ACT),
      ),
    );
    output.result({ id: name, key, state: 'revoked' }, [`${name} (${key}) is revoked.`]);
    return EXIT.done;
  },
};

type Work<View> = (
  tx: EntityManager,
  credentials: CredentialAdministration,
  credential: Credential,
) => Promise<View>;

/** @throws UsageError */
function toCredentialId(text: string): TenantObject {
  const id = parseTenantId('crd', text);
  if (id === null) throw notAnId('the credential', 'crd_…', text);
  return id;
}

/** @throws AppError object_not_found, transition_not_allowed when it is revoked */
async function change<View>(app: INestApplicationContext, id: TenantObject, work: Work<View>): Promise<View> {
  const credentials = app.get(CredentialAdministration);
  return app.get(UnitOfWork).run(async (tx) => {
    const [credential] = await credentials.lock(tx, [id]);
    if (!credential) throw new AppError('object_not_found');
    assertLive(credential);
    return work(tx, credentials, credential);
  });
}

function toOverlap(text: string | undefined): number {
  if (text === undefined) return DEFAULT_OVERLAP_SECONDS;
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  if (!(seconds <= MAX_OVERLAP_SECONDS))
    throw new UsageError(`--overlap must be a number of seconds from 0 to ${MAX_OVERLAP_SECONDS}`);
  return seconds;
}
