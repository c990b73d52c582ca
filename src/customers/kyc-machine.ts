import type { KycStatus } from '../entities/customer.entity.js';
import type { StateMachine } from '../shared/state-machine.js';

export const KYC_ACTS = ['submit', 'approve', 'reject', 'expire', 'reopen'] as const;
export type KycAct = (typeof KYC_ACTS)[number];

/** The life of a KYC case. */
export const KYC_MACHINE: StateMachine<KycStatus, KycAct> = {
  submit: { from: ['not_started'], to: 'pending' },
  approve: { from: ['pending'], to: 'approved' },
  reject: { from: ['pending'], to: 'rejected' },
  // By kyc-expiry.service.ts, when the decision's time has run out.
  expire: { from: ['approved', 'rejected'], to: 'expired', isAutomatic: true },
  reopen: { from: ['approved', 'rejected', 'expired'], to: 'pending' },
};
