import type { INestApplicationContext } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { AppModule } from '../../src/app.module.js';
import { EmailQueries } from '../../src/mail/email-queries.service.js';
import { EmailQueue } from '../../src/mail/email-queue.service.js';
import { Mailer } from '../../src/mail/mailer.service.js';
import { Recurring } from '../../src/shared/recurring.js';
import { Mailing, MINUTE, RECIPIENT } from '../support/mailing.js';
import { until } from '../support/until.js';
import { testEnvironment } from '../support/test-environment.js';

const mail = new Mailing();
beforeAll(() => mail.begin());
afterAll(() => mail.end());
beforeEach(() => mail.anew());

describe('Several mailers', () => {
  it('send each e-mail once', async () => {
    const addresses = Array.from({ length: 100 }, (_, n) => `to-${n}@example.com`);
    await mail.funded(...addresses);
    const second = await mail.another({ SMTP_URL: mail.server.url() });
    await Promise.all([mail.post.send(), second.get(Mailer).sendDue(), mail.post.send()]);
    expect(mail.server.acceptedBy).toEqual([...addresses, RECIPIENT].sort());
    await second.close();
  });

  it('skip e-mails claimed by another mailer until the claim expires', async () => {
    const queue = mail.world.app.get(EmailQueue);
    const [taken] = await queue.claim(mail.account.platformId, 10, MINUTE);
    await mail.post.send();
    expect(mail.server.received).toEqual([]);
    mail.post.later(2 * MINUTE);
    const [again] = await queue.claim(mail.account.platformId, 10, MINUTE);
    if (taken === undefined || again === undefined) throw new Error('nothing was claimed');
    // The first claimant's result is ignored when it is a failure, and recorded when it is a success.
    await queue.settle(taken, { status: 'failed', lastError: 'late', nextAttemptAt: null });
    expect(await mail.email()).toMatchObject({ status: 'pending', attempts: 2, last_error: null });
    await queue.settle(taken, { status: 'sent', lastError: null, nextAttemptAt: null });
    await queue.settle(again, { status: 'failed', lastError: 'after it', nextAttemptAt: null });
    expect(await mail.email()).toMatchObject({ status: 'sent', last_error: null });
  });

  it('serve the platforms round robin', async () => {
    const crowd = await mail.funded(...Array.from({ length: 90 }, (_, n) => `crowd-${n}@example.com`));
    const late = await mail.funded('late@example.com');
    await mail.world.dataSource.query(
      `UPDATE emails SET next_attempt_at = next_attempt_at -
         CASE platform_id WHEN $1 THEN interval '1 hour' ELSE interval '1 minute' END WHERE status = 'pending'`,
      [crowd.platformId],
    );
    await mail.post.send();
    const place = mail.server.accepted.findIndex(({ to }) => to[0] === 'late@example.com');
    expect(mail.server.accepted).toHaveLength(92);
    expect(place).toBeLessThan(45);
    expect((await mail.post.emails(late))[0]?.status).toBe('sent');
  });
});

describe('Without SMTP_URL', () => {
  it('an e-mail is stored and named in the log, without its address, and can be sent once there is a server', async () => {
    const silent = await mail.another({});
    await silent.get(Mailer).sendDue();
    const { id } = await mail.email();
    expect(await mail.state()).toEqual(['not_sent', 0]);
    const name = `eml_${mail.account.platformId}_${id}`;
    expect(mail.logged()).toEqual([`e-mail ${name} (account_funded) not sent: SMTP_URL is not set`]);
    expect(await silent.get(EmailQueries).backlog()).toMatchObject({ notSent: 1, pending: 0 });
    const headers = await mail.world.make.adminHeaders('operator');
    const queued = await mail.world.send('POST', `/admin/emails/${name}/send`, {
      headers,
      body: { reason: 'SMTP is set' },
    });
    expect([queued.status, queued.body.status]).toEqual([200, 'pending']);
    await mail.post.send();
    expect([await mail.state(), mail.server.acceptedBy]).toEqual([['sent', 1], [RECIPIENT]]);
    await silent.close();
  });
});

describe('A process', () => {
  // From here on rounds run in the background, except those of the first application.
  beforeAll(() => {
    jest.spyOn(Recurring.prototype, 'start').mockRestore();
  });

  it('that serves sends e-mails by itself, and a command does not', async () => {
    const environment = testEnvironment(mail.world.databaseUrl);
    const started = jest.spyOn(Recurring.prototype, 'start');
    const command = await NestFactory.createApplicationContext(AppModule.with(environment), {
      logger: false,
    });
    const roundsOf = (app: INestApplicationContext): unknown => Reflect.get(app.get(Mailer), 'rounds');
    expect(started.mock.contexts).not.toContain(roundsOf(command));
    expect(await mail.state()).toEqual(['pending', 0]);
    await command.close();
    const serving = await mail.another({ SMTP_URL: mail.server.url() });
    expect(started.mock.contexts).toContain(roundsOf(serving));
    started.mockRestore();
    await until(async () => (await mail.email()).status === 'sent');
    expect([await mail.state(), mail.server.acceptedBy]).toEqual([['sent', 1], [RECIPIENT]]);
    await serving.close();
  });

  it('that ends waits briefly for e-mails in progress, and then leaves them to the next process', async () => {
    mail.server.messages = ['hang'];
    const ending = await mail.another({ SMTP_URL: mail.server.url() });
    await until(() => mail.server.received.length === 1);
    const began = Date.now();
    await ending.close();
    expect(Date.now() - began).toBeLessThan(8_000);
    expect(await mail.state()).toEqual(['pending', 1]);
    mail.post.later(1.2 * MINUTE);
    await mail.post.send();
    expect(mail.server.acceptedBy).toEqual([RECIPIENT]);
  });
});
