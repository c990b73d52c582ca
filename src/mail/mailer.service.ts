import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Environment } from '../config/env.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import { Recurring } from '../shared/recurring.js';
import { EmailLinks } from './email-links.service.js';
import { type ClaimedEmail, EmailQueue, type NamedEmail, type SendOutcome } from './email-queue.service.js';
import { withLink } from './email-templates.js';
import { retryDelayMs } from './retry-schedule.js';
import { type OutgoingEmail, SEND_TIMEOUT_MS, SMTP_CONNECTIONS, SmtpClient } from './smtp-client.js';
import { type SmtpFailure, toSmtpFailure } from './smtp-failure.js';

const INTERVAL_MS = 1_000;
/** E-mails of one platform per turn. */
const BATCH = 4 * SMTP_CONNECTIONS;
/** Maximum number of turns per platform before the due platforms are read again. */
const TURNS = 10;
/** Longer than a batch can take when every e-mail in it runs into the timeout. */
const LEASE_MS = (BATCH / SMTP_CONNECTIONS) * SEND_TIMEOUT_MS + 60_000;
/** How long e-mails in progress may take at shutdown before they are aborted. */
const SHUTDOWN_GRACE_MS = 5_000;

const SENT: SendOutcome = { status: 'sent', lastError: null, nextAttemptAt: null };
const UNSUBSCRIBED: SendOutcome = {
  status: 'failed',
  lastError: 'the recipient has unsubscribed',
  nextAttemptAt: null,
};

/**
 * Sends e-mails to the mail server, at least once: after a crash between the server's acceptance and the update of the
 * row, the e-mail is sent again with the same Message-ID. No transaction is open during the sending.
 */
@Injectable()
export class Mailer implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger(Mailer.name);
  private readonly client: SmtpClient | null;
  private readonly ending = new AbortController();
  private readonly rounds = new Recurring(
    () => this.sendDue(),
    INTERVAL_MS,
    ({ message }) => {
      this.logger.warn(`sending e-mails failed: ${message}`);
    },
  );
  private stopped = false;

  constructor(
    env: Environment,
    private readonly queue: EmailQueue,
    private readonly clock: Clock,
    private readonly http: HttpAdapterHost,
    private readonly links: EmailLinks,
  ) {
    const { smtpServer, mailFrom } = env;
    this.client = smtpServer === null ? null : new SmtpClient(smtpServer, mailFrom);
  }

  /** Runs in HTTP servers only: a command-line process may lack SMTP_URL and would mark e-mails as `not_sent`. */
  onApplicationBootstrap(): void {
    const adapter = this.http.httpAdapter as unknown;
    if (adapter) this.rounds.start();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    const grace = setTimeout(() => {
      this.ending.abort();
    }, SHUTDOWN_GRACE_MS);
    await this.rounds.stop();
    clearTimeout(grace);
    this.client?.close();
  }

  /** Sends due e-mails until none is left or the mail server is unavailable. */
  async sendDue(): Promise<void> {
    let platforms: readonly string[];
    do platforms = await this.queue.duePlatforms();
    while (platforms.length > 0 && (await this.sendInTurns(platforms)));
  }

  /** Sends one batch per platform in turn (round robin), for fairness. Resolves to whether to continue. */
  private async sendInTurns(platforms: readonly string[]): Promise<boolean> {
    let waiting = platforms;
    for (let turn = 0; turn < TURNS && waiting.length > 0; turn++) {
      const left: string[] = [];
      for (const platformId of waiting) {
        if (this.stopped) return false;
        const { taken, isUsable } = await this.sendSome(platformId);
        if (!isUsable) return false;
        if (taken === BATCH) left.push(platformId);
      }
      waiting = left;
    }
    return true;
  }

  /** Sends a batch of one platform. Resolves to its size, and whether the mail server is available. */
  private async sendSome(platformId: string): Promise<{ taken: number; isUsable: boolean }> {
    if (this.client === null) return { taken: await this.setAside(platformId), isUsable: true };
    const batch = await this.queue.claim(platformId, BATCH, LEASE_MS);
    const down = await this.sendBatch(this.client, batch);
    const [first] = down;
    if (first !== undefined)
      this.logger.warn(`the mail server is of no use now (${first.code}): ${down.length} e-mails put off`);
    return { taken: batch.length, isUsable: first === undefined };
  }

  /** Resolves to the failures with `isServerDown`. */
  private async sendBatch(client: SmtpClient, batch: readonly ClaimedEmail[]): Promise<SmtpFailure[]> {
    const waiting = [...batch];
    const down: SmtpFailure[] = [];
    const work = async (): Promise<void> => {
      for (let email = waiting.shift(); email !== undefined; email = waiting.shift()) {
        const failure = await this.sendOne(client, email);
        if (failure?.isServerDown) down.push(failure);
      }
    };
    // Waits for all workers even when one fails, because shutdown waits for this promise.
    const ends = await Promise.allSettled(Array.from({ length: SMTP_CONNECTIONS }, work));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    return down;
  }

  private async setAside(platformId: string): Promise<number> {
    const emails = await this.queue.setAside(platformId, BATCH);
    for (const email of emails) this.logger.warn(`${nameOf(email)} not sent: SMTP_URL is not set`);
    return emails.length;
  }

  /** Resolves to the failure; `null`: the server accepted the e-mail, or the recipient wants none. */
  private async sendOne(client: SmtpClient, email: ClaimedEmail): Promise<SmtpFailure | null> {
    if (email.isUnsubscribed) {
      await this.queue.settle(email, UNSUBSCRIBED);
      return null;
    }
    const failure = await attempt(client, this.toOutgoing(email), this.ending.signal);
    const outcome = failure === null ? SENT : this.outcomeOf(email, failure);
    await this.queue.settle(email, outcome);
    if (failure === null) return null;
    if (outcome.status === 'failed') this.logger.warn(`${nameOf(email)} failed: ${failure.code}`);
    else if (!failure.isServerDown) this.logger.warn(`${nameOf(email)} put off: ${failure.code}`);
    return failure;
  }

  /** Adds the link for the recipient, anew for each attempt, because a confirmation expires. */
  private toOutgoing(email: ClaimedEmail): OutgoingEmail {
    const { kind, platformId, recipient } = email;
    const purpose = kind === 'address_confirmation' ? 'confirm' : 'unsubscribe';
    const url = this.links.urlOf(purpose, platformId, recipient);
    return { ...email, body: withLink(email, url), unsubscribeUrl: purpose === 'unsubscribe' ? url : null };
  }

  private outcomeOf({ attempts }: ClaimedEmail, { isPermanent, text }: SmtpFailure): SendOutcome {
    const delayMs = isPermanent ? null : retryDelayMs(attempts, Math.random());
    return delayMs === null
      ? { status: 'failed', lastError: text, nextAttemptAt: null }
      : {
          status: 'pending',
          lastError: text,
          nextAttemptAt: new Date(this.clock.now().getTime() + delayMs),
        };
  }
}

/** `null`: the server accepted the e-mail. */
async function attempt(
  client: SmtpClient,
  email: OutgoingEmail,
  signal: AbortSignal,
): Promise<SmtpFailure | null> {
  try {
    await client.send(email, signal);
    return null;
  } catch (error) {
    return toSmtpFailure(error);
  }
}

/** The id and kind, without addresses, for the log. */
function nameOf({ platformId, id, kind }: NamedEmail): string {
  return `e-mail ${toTenantId('eml', platformId, id)} (${kind})`;
}
