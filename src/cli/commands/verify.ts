import type { Command } from 'commander';
import { type LedgerVerificationResponse, presentVerdict } from '../../apis/admin/ledger/ledger.dto.js';
import { LedgerVerifier, VerificationCancelled } from '../../ledger/reports/ledger-verifier.service.js';
import type { LedgerVerdict } from '../../ledger/reports/verification.js';
import { EXIT } from '../failure.js';
import { platformOption } from '../platform-option.js';
import { CommandProgress } from '../progress.js';
import type { CommandSpec, Run, Shell } from '../shell.js';
import { withApp } from '../with-app.js';

interface Options {
  platform?: string;
}

export const VERIFY: CommandSpec<Options> = {
  name: 'verify',
  description:
    'Replay every transfer against every balance, hold and reversal, and name the first rows that do not agree.',
  examples: ['verify', 'verify --platform plt_1', 'verify --json'],
  shape: (command: Command) => command.option('--platform <id>', 'the books of this platform only (plt_…)'),
  run: verify,
};

async function verify(...[{ platform }, shell]: Parameters<Run<Options>>): Promise<number> {
  const platformId = platformOption(platform);
  const verdict = await withApp(shell.output, (app) => replay(app.get(LedgerVerifier), platformId, shell));
  if (verdict === null) {
    shell.output.note('Interrupted: the books were not fully verified.');
    return EXIT.interrupted;
  }
  const shown = presentVerdict(verdict);
  shell.output.result(shown, toLines(shown));
  return verdict.clean ? EXIT.done : EXIT.unclean;
}

/** Resolves to `null` when it was interrupted. */
async function replay(
  verifier: LedgerVerifier,
  platformId: string | null,
  { output, interruption }: Shell,
): Promise<LedgerVerdict | null> {
  const progress = output.json ? null : new CommandProgress({ unit: 'entries', total: 0 }, process.stderr);
  try {
    return await verifier.verify({
      platformId,
      isCancelled: () => interruption.requested,
      onProgress: (done, total) => progress?.show(done, total),
    });
  } catch (error) {
    if (error instanceof VerificationCancelled) return null;
    throw error;
  } finally {
    progress?.end();
  }
}

function toLines(shown: LedgerVerificationResponse): string[] {
  const { clean, transfers, accounts, holds, problems, firstProblems, durationMs } = shown;
  const seconds = (durationMs / 1_000).toFixed(1);
  const all = `${transfers} transfers, ${accounts} accounts, ${holds} holds in ${seconds} s`;
  if (clean) return [`The books agree: ${all}`];
  const named = firstProblems.map(({ check, platform, account, transfer, hold, expected, found }) => {
    const places = [account, transfer, hold].filter((place) => place !== null);
    return `  ${check} ${places.length === 0 ? platform : places.join(' ')}: expected ${expected}, found ${found}`;
  });
  const rest = problems - firstProblems.length;
  const more = rest > 0 ? [`  and ${rest} more`] : [];
  return [`The books do not agree, ${problems} times: ${all}`, ...named, ...more];
}
