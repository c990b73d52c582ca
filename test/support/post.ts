import type { INestApplicationContext } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { systemContext } from '../../src/audit/audit-context.js';
import { EventDispatcher } from '../../src/events/event-dispatcher.service.js';
import { Mailer } from '../../src/mail/mailer.service.js';
import { TransfersService } from '../../src/payments/transfers.service.js';
import { Clock } from '../../src/shared/clock.js';
import type { TenantObject } from '../../src/shared/object-id.js';

/** A row of the e-mail table. */
export interface EmailRowOfTest {
  id: string;
  recipient: string;
  kind: string;
  status: string;
  attempts: number;
  last_error: string | null;
  next_attempt_at: Date;
}

/** The background jobs of e-mails, called explicitly, at a given time of the app. */
export class Post {
  private skewMs = 0;

  constructor(private readonly app: INestApplicationContext) {
    jest.spyOn(app.get(Clock), 'now').mockImplementation(() => new Date(Date.now() + this.skewMs));
  }

  /** Lets the app believe that this much time has gone by. */
  later(ms: number): void {
    this.skewMs += ms;
  }

  /** Ends all that: other processes know nothing of it. */
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

  /** A deposit and its details. */
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

  async emails({ platformId }: { platformId: string }): Promise<EmailRowOfTest[]> {
    return this.app
      .get(DataSource)
      .query<EmailRowOfTest[]>('SELECT * FROM emails WHERE platform_id = $1 ORDER BY id', [platformId]);
  }
}
