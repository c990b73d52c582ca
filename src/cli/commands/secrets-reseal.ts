import type { INestApplicationContext } from '@nestjs/common';
import { type FormerSecrets, FormerSecretsService } from '../../auth/former-secrets.service.js';
import { Reseal, type Resealed } from '../../database/reseal.service.js';
import { EXIT } from '../failure.js';
import { CommandProgress } from '../progress.js';
import type { CommandSpec, Run, Shell } from '../shell.js';
import { withApp } from '../with-app.js';

export const SECRETS_RESEAL: CommandSpec<object> = {
  name: 'reseal',
  description:
    'After SECRET_PEPPER was rotated: seal everything anew under the newest pepper, and count the keys and refresh ' +
    'tokens that still need an older one. May run beside servers, and repeatedly.',
  examples: ['secrets reseal', 'secrets reseal --json'],
  run: reseal,
};

async function reseal(...[, shell]: Parameters<Run<object>>): Promise<number> {
  // Only the owner of the tables may replace the encrypted key of the audit chains.
  const done = await withApp(shell.output, (app) => work(app, shell), { as: 'owner' });
  if (done === null) {
    shell.output.note('Interrupted: run it again to continue.');
    return EXIT.interrupted;
  }
  const { sealed, left } = done;
  shell.output.result(done, [...sealed.map(toLine), toLeftLine(left)]);
  return sealed.some(({ unreadable }) => unreadable > 0) ? EXIT.unclean : EXIT.done;
}

/** Resolves to `null` when it was interrupted. */
async function work(
  app: INestApplicationContext,
  { output, interruption }: Shell,
): Promise<{ sealed: Resealed[]; left: FormerSecrets } | null> {
  const progress = output.json ? null : new CommandProgress({ unit: 'rows', total: 0 }, process.stderr);
  try {
    const sealed = await app.get(Reseal).run({
      isCancelled: () => interruption.requested,
      onProgress: (done, total) => progress?.show(done, total),
    });
    return sealed === null ? null : { sealed, left: await app.get(FormerSecretsService).count() };
  } finally {
    progress?.end();
  }
}

function toLine({ table, resealed, current, unreadable }: Resealed): string {
  const lost = unreadable > 0 ? `, ${unreadable} open under no pepper of SECRET_PEPPER` : '';
  return `${table}: ${resealed} sealed anew, ${current} were already${lost}`;
}

function toLeftLine({ keys, refreshTokens }: FormerSecrets): string {
  if (keys + refreshTokens === 0)
    return 'No secret needs an older pepper: SECRET_PEPPER may list the newest alone.';
  return `${keys} keys and ${refreshTokens} refresh tokens still need an older pepper: until they are used, or rotated.`;
}
