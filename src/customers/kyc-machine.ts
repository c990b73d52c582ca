import type { KycStatus } from '../entities/customer.entity.js';
import type { StateMachine } from '../shared/state-machine.js';

export const KYC_TRANSITIONS = ['submit', 'approve', 'reject', 'expire', 'reopen'] as const;
export type KycTransition = (typeof KYC_TRANSITIONS)[number];

/** State transitions of a KYC case. */
export const KYC_MACHINE: StateMachine<KycStatus, KycTransition> = {
  submit: { from: ['not_started'], to: 'pending' },
  approve: { from: ['pending'], to: 'approved' },
  reject: { from: ['pending'], to: 'rejected' },
  // Applied by kyc-expiry.service.ts when the decision has expired.
  expire: { from: ['approved', 'rejected'], to: 'expired', isAutomatic: true },
  reopen: { from: ['approved', 'rejected', 'expired'], to: 'pending' },
};
