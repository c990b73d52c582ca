import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { AuditContext } from '../audit/audit-context.js';
import { AuditTrail } from '../audit/audit-trail.service.js';
import { Admin, type AdminRole } from '../entities/admin.entity.js';
import { SYSTEM_PLATFORM_ID } from '../entities/platform.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import { SCOPES_OF_ROLE } from './caller.js';
import {
  CredentialAdministration,
  type IssuedCredential,
  type NewCredential,
} from './credential-administration.service.js';

/** Admins, as the command line and the demo create them. */
@Injectable()
export class AdminsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly credentials: CredentialAdministration,
    private readonly trail: AuditTrail,
    private readonly clock: Clock,
  ) {}

  /** Creates an admin with a first credential. @throws AppError name_taken */
  async create(
    tx: EntityManager,
    { name, role }: { name: string; role: AdminRole },
    audit: AuditContext,
  ): Promise<IssuedCredential> {
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('admins_id_seq') AS id`);
    const platformId = SYSTEM_PLATFORM_ID;
    const now = this.clock.now();
    await tx.insert(Admin, { platformId, id, name, role, status: 'active', createdAt: now, updatedAt: now });
    await this.trail.append(tx, {
      platformId,
      action: 'admin.created',
      audit,
      objectId: toTenantId('adm', platformId, id),
      after: { name, role },
    });
    return this.issueKey(tx, id, audit);
  }

  /** Issues another credential of an admin; unlimited unless limits are given. @throws AppError object_not_found */
  async issueKey(
    tx: EntityManager,
    adminId: string,
    audit: AuditContext,
    {
      expiresAt = null,
      allowedNetworks = null,
    }: Partial<Pick<NewCredential, 'expiresAt' | 'allowedNetworks'>> = {},
  ): Promise<IssuedCredential> {
    const platformId = SYSTEM_PLATFORM_ID;
    const admin = await tx.findOneBy(Admin, { platformId, id: adminId });
    if (admin === null) throw new AppError('object_not_found');
    const wanted = {
      platformId,
      kind: 'admin' as const,
      name: admin.name,
      customerId: null,
      adminId,
      expiresAt,
      allowedCurrencies: null,
      allowedNetworks,
      scopes: SCOPES_OF_ROLE[admin.role],
    };
    return this.credentials.issue(tx, wanted, audit);
  }

  async find(adminId: string): Promise<Admin | null> {
    return this.dataSource.manager.findOneBy(Admin, { platformId: SYSTEM_PLATFORM_ID, id: adminId });
  }
}
