import { Injectable, Logger, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { Environment } from '../config/env.js';
import { Clock } from '../shared/clock.js';
import { toTenantId } from '../shared/object-id.js';
import { Recurring } from '../shared/recurring.js';
import { type ClaimedEmail, EmailQueue, type NamedEmail, type Outcome } from './email-queue.service.js';
import { retryDelayMs } from './retry-schedule.js';
import { SEND_TIMEOUT_MS, SMTP_CONNECTIONS, SmtpClient } from './smtp-client.js';
import { type SmtpFailure, toSmtpFailure } from './smtp-failure.js';

const INTERVAL_MS = 1_000;
/** E-mails of one platform before it is the next one's turn. */
const BATCH = 4 * SMTP_CONNECTIONS;
/** Longer than a batch takes when every e-mail in it takes as long as it may. */
const LEASE_MS = (BATCH / SMTP_CONNECTIONS) * SEND_TIMEOUT_MS + 60_000;
/** How long e-mails on their way may take to get there when the process ends. */
const SHUTDOWN_GRACE_MS = 5_000;

const SENT: Outcome = { status: 'sent', lastError: null, nextAttemptAt: null };

/**
 * Gives e-mails to the mail server, each at least once: a process that dies between the server's word and ours leaves
 * one to be sent again, under the same Message-ID. No transaction is open meanwhile.
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
  ) {
    const { smtpServer, mailFrom } = env;
    this.client = smtpServer === null ? null : new SmtpClient(smtpServer, mailFrom);
  }

  /** Servers alone send: a command may run without their variables, and would take e-mails for not to be sent. */
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

  /** Sends whatever is due, in turns between platforms, until nothing is or the mail server is of no use. */
  async sendDue(): Promise<void> {
    for (;;) {
      const platforms = await this.queue.duePlatforms();
      for (const platformId of platforms) {
        if (this.stopped) return;
        if (!(await this.sendSome(platformId))) return;
      }
      if (platforms.length === 0) return;
    }
  }

  /** Resolves to whether more can be sent now. */
  private async sendSome(platformId: string): Promise<boolean> {
    const { client } = this;
    if (client === null) return this.setAside(platformId);
    const waiting = await this.queue.claim(platformId, BATCH, LEASE_MS);
    const work = async (): Promise<boolean> => {
      let isUsable = true;
      for (let email = waiting.shift(); email !== undefined; email = waiting.shift())
        isUsable = (await this.sendOne(client, email)) && isUsable;
      return isUsable;
    };
    const ends = await Promise.allSettled(Array.from({ length: SMTP_CONNECTIONS }, work));
    return ends.every((end) => {
      if (end.status === 'rejected') throw end.reason;
      return end.value;
    });
  }

  private async setAside(platformId: string): Promise<boolean> {
    for (const email of await this.queue.setAside(platformId, BATCH))
      this.logger.warn(`${nameOf(email)} not sent: SMTP_URL is not set`);
    return true;
  }

  /** Resolves to whether the mail server can be asked for more. */
  private async sendOne(client: SmtpClient, email: ClaimedEmail): Promise<boolean> {
    const failure = await attempt(client, email, this.ending.signal);
    const outcome = failure === null ? SENT : this.outcomeOf(email, failure);
    await this.queue.settle(email, outcome);
    if (failure === null) return true;
    this.logger.warn(
      `${nameOf(email)} ${outcome.status === 'failed' ? 'failed' : 'put off'}: ${failure.code}`,
    );
    return !failure.isServerDown;
  }

  private outcomeOf({ attempts }: ClaimedEmail, { isPermanent, text }: SmtpFailure): Outcome {
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

/** `null`: the server has taken it. */
async function attempt(
  client: SmtpClient,
  email: ClaimedEmail,
  signal: AbortSignal,
): Promise<SmtpFailure | null> {
  try {
    await client.send(email, signal);
    return null;
  } catch (error) {
    return toSmtpFailure(error);
  }
}

/** Id and kind, and no address: for the log. */
function nameOf({ platformId, id, kind }: NamedEmail): string {
  return `e-mail ${toTenantId('eml', platformId, id)} (${kind})`;
}
