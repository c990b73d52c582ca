import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { systemContext } from '../../src/audit/audit-context.js';
import { EventDispatcher } from '../../src/events/event-dispatcher.service.js';
import { Mailer } from '../../src/mail/mailer.service.js';
import { TransfersService } from '../../src/payments/transfers.service.js';
import { Clock } from '../../src/shared/clock.js';
import type { TenantObject } from '../../src/shared/object-id.js';

/** A row of the table of e-mails. */
export interface EmailRowOfTest {
  id: string;
  recipient: string;
  kind: string;
  status: string;
  attempts: number;
  last_error: string | null;
  next_attempt_at: Date;
}

/** The rounds that dispatch events and send e-mails, called by hand, with a clock that the test moves. */
export class Post {
  private skewMs = 0;

  constructor(private readonly app: INestApplicationContext) {
    jest.spyOn(app.get(Clock), 'now').mockImplementation(() => new Date(Date.now() + this.skewMs));
  }

  /** Moves the app's clock forward. */
  later(ms: number): void {
    this.skewMs += ms;
  }

  /** Resets the clock, because other processes use the real time. */
  backToNow(): void {
    this.skewMs = 0;
  }

  async dispatch(): Promise<void> {
    await this.app.get(EventDispatcher).dispatchAll();
  }

  async send(): Promise<void> {
    await this.app.get(Mailer).sendDue();
  }

  async deliver(): Promise<void> {
    await this.dispatch();
    await this.send();
  }

  /** A deposit with the given reference, description and other details. */
  async deposit({ platformId, id }: TenantObject, amount: number, told: object = {}): Promise<void> {
    await this.app.get(TransfersService).deposit(
      {
        account: { platformId, id },
        amount,
        reference: null,
        description: null,
        effectiveDate: null,
        metadata: {},
        ...told,
      },
      { audit: systemContext('test', 'made for a test'), claim: null },
    );
  }

  /** Confirms the addresses for e-mails of the platform, as their recipients would. */
  async confirm({ platformId }: { platformId: string }, ...addresses: string[]): Promise<void> {
    await this.app.get(DataSource).query(
      `INSERT INTO email_addresses (platform_id, id, address, status, confirmations, decided_at, created_at)
       SELECT $1, nextval('email_addresses_id_seq'), lower(address), 'confirmed', 0, now(), now()
       FROM unnest($2::text[]) AS given(address)
       ON CONFLICT (platform_id, address) DO UPDATE SET status = 'confirmed', decided_at = now()`,
      [platformId, addresses],
    );
  }

  async emails({ platformId }: { platformId: string }): Promise<EmailRowOfTest[]> {
    return this.app
      .get(DataSource)
      .query<EmailRowOfTest[]>('SELECT * FROM emails WHERE platform_id = $1 ORDER BY id', [platformId]);
  }
}
