import type { OpenAPIObject } from '@nestjs/swagger';
import { callsOf } from '../openapi-types.js';

/** Descriptions of the operation groups, by tag. */
const DESCRIPTIONS: Readonly<Record<string, string>> = {
  Accounts: 'Opening accounts, and what they are.',
  Admins: 'Admins.',
  'API keys': 'The owner’s own keys.',
  Approvals: 'What one admin requests and another decides.',
  Audit: 'The audit trail: actor, action, time and reason of every change, in a hash chain.',
  Clock: 'The current time of the bank.',
  Credentials: 'Keys of owners, platforms and admins.',
  Currencies: 'The currencies there are, and where they may be used.',
  Customers: 'The legal owners of accounts.',
  'Deposits and withdrawals': 'Money that came in or went out.',
  'E-mails': 'E-mails with their recipients and delivery status, and what recipients have decided.',
  Events: 'What happened, as webhooks tell it.',
  Holds: 'Money set aside, to be taken or given back.',
  Jurisdictions: 'Which currencies are available where.',
  KYC: 'The identity checks that must be complete before an account is opened.',
  Ledger: 'Proof that the books agree.',
  'Low-balance alerts': 'Low-balance alerts of an account.',
  Me: 'The caller.',
  OAuth: 'Access tokens for credentials (RFC 6749).',
  Platforms: 'The tenants: integrators that open accounts under their customers.',
  'Posting limits': 'How much an admin posts without a second person.',
  Products: 'The kinds of account that a workspace may open.',
  Sessions: 'Tokens of the workspace API.',
  Transfers: 'Moving money.',
  Webhooks: 'Webhook endpoints and their deliveries.',
  Workspaces: 'Handles to a customer, for the workspace API.',
};

/** Says what each group of operations is about, in the order in which they appear. */
export function describeTags(document: OpenAPIObject): void {
  const names = new Set(callsOf(document).flatMap(({ operation }) => operation.tags ?? []));
  document.tags = [...names].map((name) => {
    const description = DESCRIPTIONS[name];
    if (description === undefined) throw new Error(`the tag "${name}" needs a description`);
    return { name, description };
  });
}
