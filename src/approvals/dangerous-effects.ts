/** An effect that one admin requests and another admin decides on. */
export interface DangerousEffect {
  /** Description of the effect, as in docs/operate.md. */
  effect: string;
  /** The operations of the admin API that request it. */
  operations: readonly string[];
  /** When those operations need an approval. */
  when: string;
  /** Whether several requests about one object may be pending at once, because they are independent. */
  isRepeatable?: true;
}

/**
 * Every effect that needs a second person. `ApprovalsService` accepts no other action, and the table in docs/operate.md
 * is generated from this list.
 */
export const DANGEROUS_EFFECTS = {
  'platform.verify': {
    effect: 'Verify a platform, or end its suspension',
    operations: ['POST /admin/platforms/{id}/verify'],
    when: 'always',
  },
  'platform.amend': {
    effect: 'Change the KYC agreement or the home jurisdiction of a platform',
    operations: ['PATCH /admin/platforms/{id}'],
    when: 'when the request changes either',
  },
  'customer.override_jurisdiction': {
    effect: 'Override the jurisdiction of a customer',
    operations: ['POST /admin/customers/{id}/jurisdiction-override'],
    when: 'always',
  },
  'customer.amend': {
    effect: 'Change the country of residence of a customer',
    operations: ['PATCH /admin/customers/{id}'],
    when: 'when the request changes it',
  },
  'account.reopen': {
    effect: 'Reopen a closed account',
    operations: ['POST /admin/accounts/{id}/{act}'],
    when: 'always, for `reopen`',
  },
  'account.unfreeze': {
    effect: 'Lift the freeze of another approver',
    operations: ['POST /admin/accounts/{id}/{act}'],
    when: 'for `unfreeze` of an account that another approver froze',
  },
  'account.adjust': {
    effect: 'Adjust a balance',
    operations: ['POST /admin/adjustments'],
    when: 'always',
    isRepeatable: true,
  },
  'transfer.post': {
    effect: 'Post a deposit, a withdrawal, a transfer or a journal above the posting limit',
    operations: [
      'POST /admin/deposits',
      'POST /admin/withdrawals',
      'POST /admin/transfers',
      'POST /admin/journals',
    ],
    when: 'when an amount, or the sum of a journal in one currency, exceeds the limit of the role and the currency',
    isRepeatable: true,
  },
  'transfer.reverse': {
    effect: 'Reverse transfers above the posting limit',
    operations: ['POST /admin/transfers/{id}/reverse'],
    when: 'when what is reversed, in one currency, exceeds the limit of the role and the currency',
  },
  'posting_limit.change': {
    effect: 'Change a posting limit',
    operations: ['PUT /admin/posting-limits/{role}/{currency}'],
    when: 'always',
  },
  'credential.issue': {
    effect: 'Issue a credential of a customer or a platform',
    operations: ['POST /admin/credentials'],
    when: 'always',
    isRepeatable: true,
  },
  'credential.rotate': {
    effect: 'Rotate the secret of a credential of a customer, a platform or another admin',
    operations: ['POST /admin/credentials/{id}/rotate'],
    when: 'unless the credential is the admin’s own; of another admin’s only an approver requests it',
  },
  'credential.revoke': {
    effect: 'Revoke a credential of another admin',
    operations: ['POST /admin/credentials/{id}/revoke'],
    when: 'for another admin’s credential; only an approver requests it',
  },
  'admin.amend': {
    effect: 'Disable or enable an admin, or give it another role',
    operations: ['PATCH /admin/admins/{id}'],
    when: 'always; only an approver requests it',
  },
  'session.begin': {
    effect: 'Begin a session for a customer',
    operations: ['POST /admin/workspaces/{id}/sessions'],
    when: 'always',
  },
} as const satisfies Record<string, DangerousEffect>;

export type ApprovedAction = keyof typeof DANGEROUS_EFFECTS;

export const APPROVED_ACTIONS = Object.keys(DANGEROUS_EFFECTS) as ApprovedAction[];
