/** What one rule said of one request. */
export interface Verdict {
  rule: string;
  version: number;
  passed: boolean;
  reason: string;
  /** `null` where nothing is to be mended. */
  remedy: string | null;
}
