import { ApiProperty } from '@nestjs/swagger';
import type { LedgerSums } from '../../../ledger/reports/ledger-sums.js';
import type { TrialBalance } from '../../../ledger/reports/trial-balance.service.js';
import {
  LEDGER_CHECKS,
  type LedgerProblem,
  type LedgerVerdict,
} from '../../../ledger/reports/verification.js';
import { toMajorText } from '../../../shared/money.js';
import { type ObjectPrefix, toHouseId, toTenantId } from '../../../shared/object-id.js';
import { Shown, ShownKind, ShownOrNull, ShownTime, toTime } from '../properties.js';

/** All accounts of a platform in one currency. Sums are decimal text: they may have more digits than a number holds. */
export class TrialBalanceLineResponse {
  @Shown('The platform.', 'plt_1')
  platform!: string;

  @Shown('The currency.', 'USD')
  currency!: string;

  @Shown('How many accounts there are, the settlement account included.', 3, { type: 'integer' })
  accounts!: number;

  @Shown('Sum of the posted balances below zero.', '-750.00')
  debits!: string;

  @Shown('Sum of the posted balances above zero.', '750.00')
  credits!: string;

  @Shown('What the accounts of customers hold.', '750.00')
  customers!: string;

  @Shown('What the settlement account holds: the other side of what came from the world outside.', '-750.00')
  settlement!: string;

  @Shown('What holds lock.', '25.50')
  locked!: string;

  @Shown('Sum of all posted balances. Anything but zero is a fault.', '0.00')
  unbalanced!: string;
}

/** What all accounts hold together. */
export class TrialBalanceResponse {
  @ShownKind('trial_balance')
  object!: 'trial_balance';

  @ShownTime('When it was drawn up.')
  at!: string;

  @ApiProperty({ description: 'By platform and currency.', type: [TrialBalanceLineResponse] })
  items!: TrialBalanceLineResponse[];
}

/** Something that does not hold in the books. */
export class LedgerProblemResponse {
  @Shown('What does not hold.', 'posting_chain', { enum: LEDGER_CHECKS as never })
  check!: string;

  @Shown('The platform.', 'plt_1')
  platform!: string;

  @ShownOrNull('The account.', 'acc_1_1')
  account!: string | null;

  @ShownOrNull('The transfer.', 'trf_1_17')
  transfer!: string | null;

  @ShownOrNull('The hold.', null)
  hold!: string | null;

  @Shown('What should stand there; amounts in minor units.', '10025')
  expected!: string;

  @Shown('What stands there.', '10026')
  found!: string;
}

/** What replaying all transfers showed. */
export class LedgerVerificationResponse {
  @ShownKind('ledger_verification')
  object!: 'ledger_verification';

  @ShownOrNull('The platform that was asked for; null: all of them.', null)
  platform!: string | null;

  @Shown('Whether everything holds.', true)
  clean!: boolean;

  @Shown('Transfers that were replayed.', 17, { type: 'integer' })
  transfers!: number;

  @Shown('Accounts that were compared.', 3, { type: 'integer' })
  accounts!: number;

  @Shown('Holds that were compared.', 1, { type: 'integer' })
  holds!: number;

  @Shown('How many things do not hold.', 0, { type: 'integer' })
  problems!: number;

  @ApiProperty({ description: 'The first twenty of them.', type: [LedgerProblemResponse] })
  firstProblems!: LedgerProblemResponse[];

  @ShownTime('When it began; what was posted later is not looked at.')
  startedAt!: string;

  @Shown('How long it took, in milliseconds.', 12, { type: 'integer' })
  durationMs!: number;
}

export function presentTrialBalance({ at, rows }: TrialBalance): TrialBalanceResponse {
  return { object: 'trial_balance', at: toTime(at), items: rows.map(presentSums) };
}

function presentSums({
  platformId,
  currencyCode,
  decimals,
  accounts,
  ...sums
}: LedgerSums): TrialBalanceLineResponse {
  const major = (minor: bigint): string => toMajorText(minor, decimals);
  return {
    platform: toHouseId('plt', platformId),
    currency: currencyCode,
    accounts,
    debits: major(sums.debitsMinor),
    credits: major(sums.creditsMinor),
    customers: major(sums.customersMinor),
    settlement: major(sums.settlementMinor),
    locked: major(sums.lockedMinor),
    unbalanced: major(sums.debitsMinor + sums.creditsMinor),
  };
}

/** Also what the command line prints. */
export function presentVerdict(verdict: LedgerVerdict): LedgerVerificationResponse {
  const { platformId, clean, transfers, accounts, holds, problems, firstProblems, durationMs } = verdict;
  return {
    object: 'ledger_verification',
    platform: platformId === null ? null : toHouseId('plt', platformId),
    clean,
    transfers,
    accounts,
    holds,
    problems,
    firstProblems: firstProblems.map(presentProblem),
    startedAt: toTime(verdict.startedAt),
    durationMs,
  };
}

function presentProblem(problem: LedgerProblem): LedgerProblemResponse {
  const { check, platformId, accountId, transferId, holdId, expected, found } = problem;
  const named = (prefix: ObjectPrefix, id: string | null): string | null =>
    id === null ? null : toTenantId(prefix, platformId, id);
  return {
    check,
    platform: toHouseId('plt', platformId),
    account: named('acc', accountId),
    transfer: named('trf', transferId),
    hold: named('hld', holdId),
    expected,
    found,
  };
}
