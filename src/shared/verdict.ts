/** The result of one rule for one request. */
export interface Verdict {
  rule: string;
  version: number;
  passed: boolean;
  reason: string;
  /** `null` when the rule holds. */
  remedy: string | null;
}
