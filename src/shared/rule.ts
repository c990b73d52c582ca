import type { ErrorCode } from './app-error.js';
import type { Verdict } from './verdict.js';

/** One rule of opening: what must hold of the facts, and what to say of it. Pure. */
export interface Rule<Facts> {
  /** Stable, such as `kyc.approved`. */
  id: string;
  /** Counted up whenever the rule begins to decide differently. */
  version: number;
  /** What the refusal is when it does not hold. */
  refusal: ErrorCode;
  holds: (facts: Facts) => boolean;
  /** What is the case, for people. */
  reason: (facts: Facts) => string;
  /** What would make it hold. */
  remedy: string;
}

/** What every rule says, in their order. */
export function judge<Facts>(rules: readonly Rule<Facts>[], facts: Facts): Verdict[] {
  return rules.map(({ id, version, holds, reason, remedy }) => {
    const passed = holds(facts);
    return { rule: id, version, passed, reason: reason(facts), remedy: passed ? null : remedy };
  });
}

/** The refusal of the first rule that does not hold, or `null`. */
export function firstRefusal<Facts>(rules: readonly Rule<Facts>[], facts: Facts): ErrorCode | null {
  return rules.find((rule) => !rule.holds(facts))?.refusal ?? null;
}
