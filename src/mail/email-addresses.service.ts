import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { EmailAddressStatus } from '../entities/email-address.entity.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { EmailLinks } from './email-links.service.js';

/** An address that is confirmed, or that has unsubscribed, stays so. */
const CONFIRM_SQL = `UPDATE email_addresses SET
    status = CASE status WHEN 'unconfirmed' THEN 'confirmed' ELSE status END,
    decided_at = CASE status WHEN 'unconfirmed' THEN $3::timestamptz ELSE decided_at END
  WHERE platform_id = $1::bigint AND address = $2::text
  RETURNING status`;

/** Also for an address that is not known, so that it is not asked either. */
const UNSUBSCRIBE_SQL = `INSERT INTO email_addresses AS known
    (platform_id, id, address, status, confirmations, decided_at, created_at)
  SELECT id, nextval('email_addresses_id_seq'), $2::text, 'unsubscribed', 0, $3::timestamptz, $3::timestamptz
  FROM platforms WHERE id = $1::bigint
  ON CONFLICT ON CONSTRAINT uq_email_addresses_address DO UPDATE
    SET status = 'unsubscribed', decided_at = excluded.decided_at
    WHERE known.status <> 'unsubscribed'`;

/** What recipients decide about the e-mails that they get, by the links in them. */
@Injectable()
export class EmailAddresses {
  constructor(
    private readonly dataSource: DataSource,
    private readonly links: EmailLinks,
    private readonly clock: Clock,
  ) {}

  /**
   * Confirms the address of a link; again, it changes nothing.
   * @throws AppError validation_failed for another token; transition_not_allowed for an unsubscribed address
   */
  async confirm(token: unknown): Promise<void> {
    const { platformId, address } = this.links.read('confirm', token);
    const [rows] = await this.dataSource.query<[{ status: EmailAddressStatus }[], number]>(CONFIRM_SQL, [
      ...[platformId, address, this.clock.now()],
    ]);
    if (rows[0]?.status === 'confirmed') return;
    throw new AppError('transition_not_allowed', { state: 'unsubscribed', allowedActs: [] });
  }

  /** Ends all e-mails to the address of a link; again, it changes nothing. @throws AppError validation_failed */
  async unsubscribe(token: unknown): Promise<void> {
    const { platformId, address } = this.links.read('unsubscribe', token);
    await this.dataSource.query(UNSUBSCRIBE_SQL, [platformId, address, this.clock.now()]);
  }
}
