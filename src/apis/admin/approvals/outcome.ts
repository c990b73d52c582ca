import type { ApprovalView } from '../../../approvals/approvals.service.js';
import { type ApprovalResponse, presentApproval } from './approval.dto.js';

interface Waiting {
  approval: ApprovalView;
}

/** What is done, or the request that waits for a second person, as the API shows it. */
export function presentOutcome<Done extends object, Response>(
  outcome: Done | Waiting,
  presentDone: (done: Done) => Response,
): Response | ApprovalResponse {
  return 'approval' in outcome ? presentApproval(outcome.approval) : presentDone(outcome);
}

/** 202 for a request that waits. */
export function statusOfOutcome(outcome: object, done = 200): number {
  return 'approval' in outcome ? 202 : done;
}
