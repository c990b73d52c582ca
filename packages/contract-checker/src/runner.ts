import { type CheckInfo, ContractFault, Skipped } from './check.js';
import type { SecretRedactor } from './secrets.js';
import { shown } from './shown.js';
import type { BoundCheck } from './suite.js';

/** After this many consecutive requests without a response, the run stops sending requests. */
const MOST_SILENT = 3;

export interface CheckResult extends CheckInfo {
  result: 'passed' | 'failed' | 'skipped';
  ms: number;
  /** Why it was skipped or failed. Contains no secrets. */
  reason?: string;
  /** The request, the expectation and the response of a failed check. Contains no secrets. */
  call?: string;
  expected?: string;
  found?: string;
}

export interface Watch {
  secrets: SecretRedactor;
  isCancelled: () => boolean;
  onResult: (result: CheckResult, done: number) => void;
}

type Outcome = Pick<CheckResult, 'result' | 'reason' | 'call' | 'expected' | 'found'>;

/** Runs the checks in order. A check that fails or throws is reported, and the run continues. */
export async function runChecks(checks: readonly BoundCheck[], watch: Watch): Promise<CheckResult[]> {
  const results: CheckResult[] = [];
  for (const check of checks) {
    const result = await runOne(check, watch);
    results.push(result);
    watch.onResult(result, results.length);
  }
  return results;
}

async function runOne(check: BoundCheck, { secrets, isCancelled }: Watch): Promise<CheckResult> {
  const { api, name, sentence, level, isDestructive, session } = check;
  const startedAt = performance.now();
  const end = ({ result, ...words }: Outcome): CheckResult => ({
    api,
    name,
    sentence,
    level,
    isDestructive,
    result,
    ms: Math.round(performance.now() - startedAt),
    // A last safeguard: the messages should be masked already.
    ...Object.fromEntries(Object.entries(words).map(([key, text]) => [key, secrets.mask(text)])),
  });
  if (isCancelled()) return end({ result: 'skipped', reason: 'interrupted' });
  if (session.silentInARow >= MOST_SILENT)
    return end({
      result: 'skipped',
      reason: `the server did not answer ${session.silentInARow} times in a row`,
    });
  try {
    session.currentCheck = name;
    await check.perform();
    return end({ result: 'passed' });
  } catch (error) {
    if (error instanceof Skipped) return end({ result: 'skipped', reason: error.message });
    if (!(error instanceof ContractFault))
      return end({ result: 'failed', reason: shown(String(error), secrets) });
    const { expected, found, call } = error;
    return end({ result: 'failed', reason: error.message, expected, found, call });
  }
}
