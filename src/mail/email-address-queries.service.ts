import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { columns } from '../database/columns.js';
import { listPage } from '../database/listing.js';
import {
  EMAIL_ADDRESS_STATUSES,
  EmailAddress,
  type EmailAddressStatus,
} from '../entities/email-address.entity.js';
import { AppError } from '../shared/app-error.js';
import { byPlatform, type ListQuery, type ListSpec, type Page } from '../shared/listing.js';
import type { TenantObject } from '../shared/object-id.js';
import { addressKeySql } from './address-key.js';

/** An address, and what its owner has decided. */
export interface EmailAddressView extends TenantObject {
  /** ASCII letters in lower case. */
  address: string;
  status: EmailAddressStatus;
  /** Number of confirmation e-mails. */
  confirmations: number;
  confirmationSentAt: Date | null;
  decidedAt: Date | null;
  createdAt: Date;
}

/** How addresses are listed. */
export const EMAIL_ADDRESS_LIST: ListSpec = {
  select: columns(EmailAddress, 'a', [
    'platformId',
    'id',
    'address',
    'status',
    'confirmations',
    'confirmationSentAt',
    'decidedAt',
    'createdAt',
  ]),
  from: 'email_addresses a',
  key: 'a.id',
  filters: {
    status: {
      description: 'In this state.',
      schema: { type: 'string', enum: EMAIL_ADDRESS_STATUSES },
      sql: 'a.status = ?',
    },
    address: {
      description: 'This address, ignoring case.',
      schema: { type: 'string', example: 'treasury@example.com' },
      sql: `a.address = ${addressKeySql('?::text')}`,
    },
    platform: byPlatform('a.platform_id'),
  },
  sorts: { createdAt: { sql: 'a.created_at', type: 'timestamptz' } },
  defaultSort: '-createdAt',
};

@Injectable()
export class EmailAddressQueries {
  constructor(private readonly dataSource: DataSource) {}

  list(query: ListQuery): Promise<Page<EmailAddressView>> {
    return listPage<EmailAddressView>(this.dataSource, EMAIL_ADDRESS_LIST, query);
  }

  /** @throws AppError object_not_found */
  async get(
    { platformId, id }: TenantObject,
    on: EntityManager = this.dataSource.manager,
  ): Promise<EmailAddressView> {
    const rows = await on.query<EmailAddressView[]>(
      `SELECT ${EMAIL_ADDRESS_LIST.select} FROM ${EMAIL_ADDRESS_LIST.from} WHERE a.platform_id = $1 AND a.id = $2`,
      [platformId, id],
    );
    const address = rows[0];
    if (address === undefined) throw new AppError('object_not_found');
    return address;
  }
}
