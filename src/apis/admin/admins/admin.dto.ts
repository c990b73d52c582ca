import type { AdminView } from '../../../auth/admin-administration.service.js';
import { ADMIN_ROLES, ADMIN_STATUSES } from '../../../auth/admin-list.js';
import { toTenantId } from '../../../shared/object-id.js';
import { Choice } from '../../../http/request-properties.js';
import {
  Reason,
  ResponseProperty,
  ResponseKind,
  ResponseTime,
  NullableResponseTime,
  toTime,
  toTimeOrNull,
} from '../properties.js';

/** An admin: a person or a program that operates the bank. */
export class AdminResponse {
  @ResponseKind('admin')
  object!: 'admin';

  @ResponseProperty('Its id.', 'adm_0_1')
  id!: string;

  @ResponseProperty('Its name; unique.', 'Ada Example')
  name!: string;

  @ResponseProperty('Its role.', 'operator', { enum: [...ADMIN_ROLES] })
  role!: string;

  @ResponseProperty('Whether its keys can be used.', 'active', { enum: [...ADMIN_STATUSES] })
  status!: string;

  @ResponseProperty('How many of its keys are neither revoked nor expired.', 1, { type: 'integer' })
  liveKeys!: number;

  @NullableResponseTime('When one of its keys was last used, up to half a minute behind.')
  lastUsedAt!: string | null;

  @ResponseTime('When it was created.')
  createdAt!: string;

  @ResponseTime('When it was last changed.')
  updatedAt!: string;
}

export class AmendAdminRequest {
  @Choice('optional', {
    description: 'The new role, of all its keys.',
    values: ADMIN_ROLES,
    example: 'operator',
  })
  role?: (typeof ADMIN_ROLES)[number];

  @Choice('optional', {
    description: 'Disabled: none of its keys works.',
    values: ADMIN_STATUSES,
    example: 'disabled',
  })
  status?: (typeof ADMIN_STATUSES)[number];

  @Reason()
  reason!: string;
}

export function presentAdmin(admin: AdminView): AdminResponse {
  const { id, name, role, status, liveKeys } = admin;
  return {
    object: 'admin',
    id: toTenantId('adm', '0', id),
    name,
    role,
    status,
    liveKeys,
    lastUsedAt: toTimeOrNull(admin.lastUsedAt),
    createdAt: toTime(admin.createdAt),
    updatedAt: toTime(admin.updatedAt),
  };
}
