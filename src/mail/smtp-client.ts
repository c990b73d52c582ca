import { createTransport } from 'nodemailer';
import type { Mailbox, SmtpServer } from '../config/mail-settings.js';
import type { TenantObject } from '../shared/object-id.js';
import { toTenantId } from '../shared/object-id.js';

/** Connections to the mail server per process, and therefore the number of e-mails sent concurrently. */
export const SMTP_CONNECTIONS = 5;
/** Timeout for the server's reply at each step. */
const SILENCE_MS = 10_000;
/** Timeout of a whole attempt, however many steps it has. */
export const SEND_TIMEOUT_MS = 30_000;
/** An idle connection that the server has closed is replaced once before the attempt counts as a failure. */
const RECONNECTS = 1;

/** A header that nodemailer neither encodes nor folds. */
interface Prepared {
  prepared: true;
  value: string;
}

/** An e-mail to send. */
export interface OutgoingEmail extends TenantObject {
  recipient: string;
  subject: string;
  body: string;
  createdAt: Date;
  /** Where one POST unsubscribes the recipient; `null`: the e-mail belongs to no subscription. */
  unsubscribeUrl: string | null;
}

/** SMTP client for one server, with pooled connections. */
export class SmtpClient {
  private readonly transport;

  constructor(
    { host, port, isTls, needsTls, credentials }: SmtpServer,
    private readonly from: Mailbox,
  ) {
    this.transport = createTransport({
      pool: true,
      host,
      port,
      secure: isTls,
      requireTLS: needsTls,
      ...(credentials === null ? {} : { auth: { user: credentials.user, pass: credentials.password } }),
      maxConnections: SMTP_CONNECTIONS,
      maxRequeues: RECONNECTS,
      connectionTimeout: SILENCE_MS,
      greetingTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      dnsTimeout: SILENCE_MS,
      disableFileAccess: true,
      disableUrlAccess: true,
      logger: false,
    });
  }

  /**
   * Resolves when the server has accepted the e-mail, and with it the responsibility for delivery.
   * @param signal aborts the attempt at any step
   * @throws Error of nodemailer (smtp-failure.ts)
   */
  async send(email: OutgoingEmail, signal: AbortSignal): Promise<void> {
    const { recipient, subject, body } = email;
    await this.transport.sendMail({
      from: this.from,
      // As objects, so that nodemailer does not parse a value as several addresses.
      to: { name: '', address: recipient },
      envelope: { from: this.from.address, to: [recipient] },
      subject,
      text: body,
      messageId: messageIdOf(email, this.from),
      // RFC 3834: suppresses automatic replies.
      headers: { 'Auto-Submitted': 'auto-generated', ...unsubscribeHeaders(email) },
      signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
    });
  }

  close(): void {
    this.transport.close({ force: true });
  }
}

/**
 * RFC 8058: one click in the mail client unsubscribes, without a page. `prepared`: written as it is, because a URL that
 * does not fit the line would be folded away from the header's name. It has 500 characters or so, of at most 998.
 */
function unsubscribeHeaders({ unsubscribeUrl }: OutgoingEmail): Record<string, Prepared> {
  if (unsubscribeUrl === null) return {};
  return {
    'List-Unsubscribe': { prepared: true, value: `<${unsubscribeUrl}>` },
    'List-Unsubscribe-Post': { prepared: true, value: 'List-Unsubscribe=One-Click' },
  };
}

/**
 * The same for every attempt, so that a recipient can detect a duplicate. The creation time distinguishes installations
 * that send from the same address.
 */
export function messageIdOf(
  { platformId, id, createdAt }: Pick<OutgoingEmail, 'platformId' | 'id' | 'createdAt'>,
  { address }: Mailbox,
): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return `<${toTenantId('eml', platformId, id)}.${createdAt.getTime().toString(36)}@${domain}>`;
}
