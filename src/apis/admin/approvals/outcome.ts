import type { FastifyReply } from 'fastify';
import type { ApprovalView } from '../../../approvals/approvals.service.js';
import { type CallContext, claimWithStatus } from '../../../http/call.decorator.js';
import type { Claim } from '../../../idempotency/idempotency.service.js';
import { type ApprovalResponse, presentApproval } from './approval.dto.js';

interface Waiting {
  approval: ApprovalView;
}

/** Answers a call that is done at once, or waits for a second person. */
export class OutcomeForm<Done extends object, Response extends object> {
  /** @param status of what is done; what waits is 202 */
  constructor(
    private readonly presentDone: (done: Done) => Response,
    private readonly status = 200,
  ) {}

  /** What the service must record beside its effect, when the call carries an idempotency key. */
  claimOf(call: CallContext): Claim<Done | Waiting> | null {
    return claimWithStatus<Done | Waiting>(
      call,
      (outcome) => this.statusOf(outcome),
      (outcome) => this.present(outcome),
    );
  }

  answer(outcome: Done | Waiting, reply: FastifyReply): Response | ApprovalResponse {
    void reply.status(this.statusOf(outcome));
    return this.present(outcome);
  }

  private present(outcome: Done | Waiting): Response | ApprovalResponse {
    return 'approval' in outcome ? presentApproval(outcome.approval) : this.presentDone(outcome);
  }

  private statusOf(outcome: Done | Waiting): number {
    return 'approval' in outcome ? 202 : this.status;
  }
}
