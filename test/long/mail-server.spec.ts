import { parseSmtpUrl } from '../../src/config/mail-settings.js';
import { EmailQueries } from '../../src/mail/email-queries.service.js';
import { Mailer } from '../../src/mail/mailer.service.js';
import { MAX_ATTEMPTS, retryDelayMs } from '../../src/mail/retry-schedule.js';
import { SmtpClient } from '../../src/mail/smtp-client.js';
import { MailServer } from '../support/mail-server.js';
import { Mailing, MINUTE, RECIPIENT } from '../support/mailing.js';

const mail = new Mailing();
beforeAll(() => mail.begin());
afterAll(() => mail.end());
beforeEach(() => mail.anew());

describe('An e-mail with a temporary failure', () => {
  it('is retried with the same Message-ID', async () => {
    mail.server.messages = [451];
    await mail.post.send();
    const { status, last_error } = await mail.email();
    expect([status, last_error]).toEqual(['pending', expect.stringContaining('451')]);
    await mail.post.send();
    expect(mail.server.received).toHaveLength(1);
    mail.post.later(1.2 * MINUTE);
    await mail.post.send();
    expect(await mail.state()).toEqual(['sent', 2]);
    const [first, second] = mail.server.received.map(({ headers }) => headers.get('message-id'));
    expect(second).toBe(first);
  });

  it('is retried with increasing delays', async () => {
    const waits: number[] = [];
    mail.server.recipients = [450, 450, 450];
    for (let attempt = 0; attempt < 3; attempt++) {
      const before = Date.now();
      await mail.post.send();
      waits.push((await mail.email()).next_attempt_at.getTime() - before);
      await mail.world.dataSource.query(
        'UPDATE emails SET next_attempt_at = now() - make_interval(secs => 1) WHERE status = $1',
        ['pending'],
      );
    }
    expect(await mail.state()).toEqual(['pending', 3]);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
  });

  it('fails after two days of attempts', async () => {
    const delays = Array.from({ length: MAX_ATTEMPTS - 1 }, (_, i) => retryDelayMs(i + 1, 0.5) ?? 0);
    expect(delays.reduce((sum, delay) => sum + delay) / (60 * MINUTE)).toBeCloseTo(48, 0);
    expect([retryDelayMs(1, 0), retryDelayMs(1, 0.999_999)]).toEqual([54_000, 66_000]);
    await mail.world.dataSource.query('UPDATE emails SET attempts = $1 WHERE id = $2', [
      MAX_ATTEMPTS - 1,
      (await mail.email()).id,
    ]);
    mail.server.messages = [451];
    await mail.post.send();
    expect(await mail.email()).toMatchObject({
      status: 'failed',
      attempts: MAX_ATTEMPTS,
      completed_at: expect.any(Date),
    });
  });
});

describe('An e-mail with a permanent failure', () => {
  it.each(['recipients', 'messages'] as const)('because of the %s, has failed at once', async (step) => {
    mail.server[step] = [550];
    await mail.post.send();
    expect(await mail.email()).toMatchObject({
      status: 'failed',
      attempts: 1,
      last_error: expect.stringContaining('550'),
      completed_at: expect.any(Date),
    });
    mail.post.later(10 * MINUTE);
    await mail.post.send();
    expect(mail.server.accepted).toHaveLength(0);
  });

  it('is named in the log with a code, and without the server’s text', async () => {
    await mail.funded('other@example.com');
    mail.server.recipients = [550, 451];
    await mail.post.send();
    expect(mail.logged()).toHaveLength(2);
    for (const line of mail.logged())
      expect(line).toMatch(
        /^e-mail eml_\d+_\d+ \(account_funded\) (failed: EENVELOPE 550|put off: EENVELOPE 451)$/,
      );
  });

  it('does not delay the remaining e-mails', async () => {
    const others = await mail.funded('a@example.com', 'b@example.com', 'c@example.com');
    mail.server.recipients = [550];
    await mail.post.send();
    const rows = [...(await mail.post.emails(mail.account)), ...(await mail.post.emails(others))];
    expect(rows.map(({ status }) => status).sort()).toEqual(['failed', 'sent', 'sent', 'sent']);
  });
});

describe('A mail server', () => {
  it.each(['greetings', 'messages'] as const)(
    'that goes silent at the %s is given up after ten seconds and asked again later',
    async (step) => {
      // Drops the pooled connections, which were greeted before.
      await mail.server.stop();
      await mail.server.start();
      mail.server[step] = ['hang'];
      const began = Date.now();
      await mail.post.send();
      expect(Date.now() - began).toBeLessThan(15_000);
      expect(await mail.state()).toEqual(['pending', 1]);
      mail.post.later(1.2 * MINUTE);
      await mail.post.send();
      expect(await mail.state()).toEqual(['sent', 2]);
    },
  );

  it('that disconnects after it received a message gets it again, with the same Message-ID', async () => {
    mail.server.messages = ['drop'];
    await mail.post.send();
    expect(await mail.state()).toEqual(['pending', 1]);
    mail.post.later(1.2 * MINUTE);
    await mail.post.send();
    expect(await mail.state()).toEqual(['sent', 2]);
    expect(mail.server.received.map(({ reaction }) => reaction)).toEqual(['drop', 'accept']);
    expect(new Set(mail.server.received.map(({ headers }) => headers.get('message-id'))).size).toBe(1);
  });

  it('that is down gets a few attempts per round, and all e-mails when it is available again', async () => {
    const many = await mail.funded(...Array.from({ length: 60 }, (_, n) => `many-${n}@example.com`));
    await mail.server.stop();
    await mail.post.send();
    const tried = (await mail.post.emails(many)).filter(({ attempts }) => attempts > 0);
    expect(tried.length).toBeLessThanOrEqual(20);
    // One log line for all of them, without an address.
    expect(mail.logged()).toEqual([
      expect.stringMatching(/^the mail server is of no use now \(ESOCKET\): \d+ e-mails put off$/),
    ]);
    expect(await mail.world.app.get(EmailQueries).backlog()).toMatchObject({ pending: 61 });
    await mail.server.start();
    mail.post.later(1.2 * MINUTE);
    await mail.post.send();
    expect(mail.server.accepted).toHaveLength(61);
    expect(new Set(mail.server.acceptedBy).size).toBe(61);
  });

  it('that closed an idle connection is reconnected at once', async () => {
    await mail.post.send();
    await mail.server.stop();
    await mail.server.start();
    const next = await mail.funded(RECIPIENT);
    await mail.post.send();
    expect((await mail.post.emails(next))[0]).toMatchObject({ status: 'sent', attempts: 1 });
  });
});

describe('A mail server that requires credentials', () => {
  const closed = new MailServer({
    authOptional: false,
    disabledCommands: ['STARTTLS'],
    authMethods: ['PLAIN'],
    allowInsecureAuth: true,
  });
  const CREDENTIALS = 'mailer%40bank:pass%3Aword%2F%C3%A9@';
  beforeAll(() => closed.start());
  afterAll(() => closed.stop());

  it('accepts e-mails with valid credentials, and defers those with wrong or no credentials', async () => {
    for (const credentials of ['', 'mailer:wrong@', CREDENTIALS]) {
      const app = await mail.another({ SMTP_URL: closed.url(credentials) });
      await app.get(Mailer).sendDue();
      const isRight = credentials === CREDENTIALS;
      expect((await mail.email()).status).toBe(isRight ? 'sent' : 'pending');
      await mail.world.dataSource.query(
        'UPDATE emails SET next_attempt_at = now() - make_interval(secs => 1)',
      );
      await app.close();
    }
    expect(closed.acceptedBy).toEqual([RECIPIENT]);
    expect(closed.shown.at(-1)).toBe('mailer@bank pass:word/é');
    expect(mail.logged().join()).not.toMatch(/wrong|pass:word/);
  });

  it('receives credentials over TLS only, unless it is on this machine', async () => {
    expect(parseSmtpUrl('smtp://u:p@mail.example')).toMatchObject({
      needsTls: true,
      isTls: false,
      port: 587,
    });
    expect(parseSmtpUrl('smtps://mail.example')).toMatchObject({ needsTls: false, isTls: true, port: 465 });
    const seen = closed.shown.length;
    const settings = parseSmtpUrl(closed.url(CREDENTIALS));
    if (settings === null) throw new Error('not an address');
    const client = new SmtpClient({ ...settings, needsTls: true }, { name: '', address: 'a@b.example' });
    const message = {
      platformId: '1',
      id: '1',
      recipient: RECIPIENT,
      subject: 's',
      body: 'b',
      createdAt: new Date(),
      unsubscribeUrl: null,
    };
    await expect(client.send(message, new AbortController().signal)).rejects.toThrow(/STARTTLS/);
    client.close();
    expect(closed.shown).toHaveLength(seen);
  });

  it('is not trusted with a self-signed certificate', async () => {
    const posing = await new MailServer({ secure: true, disabledCommands: ['AUTH'] }).start();
    const app = await mail.another({ SMTP_URL: posing.url('', 'smtps') });
    await app.get(Mailer).sendDue();
    expect(await mail.email()).toMatchObject({
      status: 'pending',
      last_error: expect.stringMatching(/certificate/),
    });
    expect(posing.received).toEqual([]);
    await app.close();
    await posing.stop();
  });
});
