import { byPartOf, type ListSpec } from '../shared/listing.js';

/** How platforms are listed; the system tenant is not one of them. */
export const PLATFORM_LIST: ListSpec = {
  select: `p.id, p.name, p.status, p.kyc_agreement AS "kycAgreement",
    p.kyc_expiry_restricts_debits AS "kycExpiryRestrictsDebits",
    p.home_jurisdiction_code AS "homeJurisdictionCode", p.created_at AS "createdAt", p.updated_at AS "updatedAt"`,
  from: 'platforms p',
  always: 'p.id > 0',
  key: 'p.id',
  filters: {
    name: byPartOf('p.name', 'With this in the name, ignoring case.'),
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: ['pending', 'verified', 'suspended'] },
      sql: 'p.status = ?',
    },
  },
  sorts: {
    createdAt: { sql: 'p.created_at', type: 'timestamptz' },
    name: { sql: 'p.name', type: 'text' },
  },
  defaultSort: '-createdAt',
};
