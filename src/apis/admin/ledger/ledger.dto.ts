import { ApiProperty } from '@nestjs/swagger';
import type { LedgerSums } from '../../../ledger/reports/ledger-sums.js';
import type { TrialBalance } from '../../../ledger/reports/trial-balance.service.js';
import {
  LEDGER_CHECKS,
  type LedgerProblem,
  type LedgerVerdict,
} from '../../../ledger/reports/verification.js';
import { toMajorText } from '../../../shared/money.js';
import { type ObjectPrefix, toSystemId, toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  toTime,
} from '../properties.js';

/** All accounts of a platform in one currency. Sums are decimal text: they may have more digits than a number holds. */
export class TrialBalanceLineResponse {
  @ResponseProperty('The platform.', 'plt_1')
  platform!: string;

  @ResponseProperty('The currency.', 'USD')
  currency!: string;

  @ResponseProperty('How many accounts there are, the settlement account included.', 3, { type: 'integer' })
  accounts!: number;

  @ResponseProperty('Sum of the posted balances below zero.', '-750.00')
  debits!: string;

  @ResponseProperty('Sum of the posted balances above zero.', '750.00')
  credits!: string;

  @ResponseProperty('What the accounts of customers hold.', '750.00')
  customers!: string;

  @ResponseProperty(
    'What the settlement account holds: the other side of what came from the world outside.',
    '-750.00',
  )
  settlement!: string;

  @ResponseProperty('What holds lock.', '25.50')
  locked!: string;

  @ResponseProperty('Sum of all posted balances. Anything but zero is a fault.', '0.00')
  unbalanced!: string;
}

/** What all accounts hold together. */
export class TrialBalanceResponse {
  @ResponseKind('trial_balance')
  object!: 'trial_balance';

  @ResponseTime('When it was drawn up.')
  at!: string;

  @ApiProperty({ description: 'By platform and currency.', type: [TrialBalanceLineResponse] })
  items!: TrialBalanceLineResponse[];
}

/** Something that does not hold in the books. */
export class LedgerProblemResponse {
  @ResponseProperty('What does not hold.', 'posting_chain', { enum: LEDGER_CHECKS as never })
  check!: string;

  @ResponseProperty('The platform.', 'plt_1')
  platform!: string;

  @NullableResponseProperty('The account.', 'acc_1_1')
  account!: string | null;

  @NullableResponseProperty('The transfer.', 'trf_1_17')
  transfer!: string | null;

  @NullableResponseProperty('The hold.', null)
  hold!: string | null;

  @ResponseProperty('What should stand there; amounts in minor units.', '10025')
  expected!: string;

  @ResponseProperty('What stands there.', '10026')
  found!: string;
}

/** What replaying all transfers showed. */
export class LedgerVerificationResponse {
  @ResponseKind('ledger_verification')
  object!: 'ledger_verification';

  @NullableResponseProperty('The platform that was asked for; null: all of them.', null)
  platform!: string | null;

  @ResponseProperty('Whether everything holds.', true)
  clean!: boolean;

  @ResponseProperty('Transfers that were replayed.', 17, { type: 'integer' })
  transfers!: number;

  @ResponseProperty('Accounts that were compared.', 3, { type: 'integer' })
  accounts!: number;

  @ResponseProperty('Holds that were compared.', 1, { type: 'integer' })
  holds!: number;

  @ResponseProperty('How many things do not hold.', 0, { type: 'integer' })
  problems!: number;

  @ApiProperty({ description: 'The first twenty of them.', type: [LedgerProblemResponse] })
  firstProblems!: LedgerProblemResponse[];

  @ResponseTime('When it began; what was posted later is not looked at.')
  startedAt!: string;

  @ResponseProperty('How long it took, in milliseconds.', 12, { type: 'integer' })
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
    platform: toSystemId('plt', platformId),
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
    platform: platformId === null ? null : toSystemId('plt', platformId),
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
    platform: toSystemId('plt', platformId),
    account: named('acc', accountId),
    transfer: named('trf', transferId),
    hold: named('hld', holdId),
    expected,
    found,
  };
}
