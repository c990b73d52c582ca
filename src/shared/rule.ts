import type { ErrorCode } from './app-error.js';
import type { Verdict } from './verdict.js';

/** One rule of eligibility: a condition on the facts, and its explanation. Pure. */
export interface Rule<Facts> {
  /** Stable, such as `kyc.approved`. */
  id: string;
  /** Incremented whenever the rule begins to decide differently. */
  version: number;
  /** The error code when it does not hold. */
  refusal: ErrorCode;
  holds: (facts: Facts) => boolean;
  /** What the rule found, for display. */
  reason: (facts: Facts) => string;
  /** What would make it hold, for display. */
  remedy: string;
}

/** The verdicts of all rules, in order. */
export function judge<Facts>(rules: readonly Rule<Facts>[], facts: Facts): Verdict[] {
  return rules.map(({ id, version, holds, reason, remedy }) => {
    const passed = holds(facts);
    return { rule: id, version, passed, reason: reason(facts), remedy: passed ? null : remedy };
  });
}

/** The error code of the first rule that does not hold; `null`: all hold. */
export function firstRefusal<Facts>(rules: readonly Rule<Facts>[], facts: Facts): ErrorCode | null {
  return rules.find((rule) => !rule.holds(facts))?.refusal ?? null;
}
