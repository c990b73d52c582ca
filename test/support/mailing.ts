import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { createApp } from '../../src/configure-app.js';
import { MailServer } from './mail-server.js';
import type { Money, TestAccount } from './money.js';
import type { EmailRowOfTest, Post } from './post.js';
import { createQuietWorld } from './quiet-world.js';
import { testEnvironment } from './test-environment.js';
import type { World } from './world.js';

export const RECIPIENT = 'treasury@example.com';
export const MINUTE = 60_000;

/** An app without background rounds, its mail server, and one pending e-mail per test. The tests call the rounds. */
export class Mailing {
  readonly server = new MailServer();
  world!: World;
  money!: Money;
  post!: Post;
  /** The account of the pending e-mail. */
  account!: TestAccount;
  private warnings!: jest.SpyInstance;

  async begin(): Promise<void> {
    this.warnings = jest.spyOn(Logger.prototype, 'warn').mockReturnValue(undefined);
    await this.server.start();
    Object.assign(this, await createQuietWorld({ SMTP_URL: this.server.url() }));
  }

  async end(): Promise<void> {
    await this.world.close();
    await this.server.stop();
  }

  async anew(): Promise<void> {
    // Removes e-mails of an earlier test.
    await this.world.dataSource.query(`UPDATE emails SET status = 'failed' WHERE status = 'pending'`);
    this.post.backToNow();
    this.server.forget();
    this.warnings.mockClear();
    this.account = await this.funded(RECIPIENT);
  }

  /** An account with a deposit, and its notifications pending for these addresses, which are confirmed. */
  async funded(...fundingNotificationEmails: string[]): Promise<TestAccount> {
    const account = await this.money.account(undefined, 'USD', { fundingNotificationEmails });
    await this.post.confirm(account, ...fundingNotificationEmails);
    await this.money.deposit(account, 10);
    await this.post.dispatch();
    return account;
  }

  /** The pending e-mail. */
  async email(): Promise<EmailRowOfTest> {
    const [row] = await this.post.emails(this.account);
    if (row === undefined) throw new Error('there is no e-mail');
    return row;
  }

  /** Its status and attempts. */
  async state(): Promise<[string, number]> {
    const { status, attempts } = await this.email();
    return [status, attempts];
  }

  /** Another process of the installation. */
  another(variables: Record<string, string>): Promise<NestFastifyApplication> {
    return createApp(testEnvironment(this.world.databaseUrl, variables));
  }

  logged(): string[] {
    return this.warnings.mock.calls.map(([line]) => String(line));
  }
}
