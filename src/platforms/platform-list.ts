import { columns } from '../database/columns.js';
import { Platform } from '../entities/platform.entity.js';
import { byPartOf, type ListSpec } from '../shared/listing.js';

/** How platforms are listed; the system tenant is not one of them. */
export const PLATFORM_LIST: ListSpec = {
  select: columns(Platform, 'p', [
    'id',
    'name',
    'status',
    'kycAgreement',
    'kycExpiryRestrictsDebits',
    'homeJurisdictionCode',
    'createdAt',
    'updatedAt',
  ]),
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
