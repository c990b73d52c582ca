import { createTransport } from 'nodemailer';
import type { Mailbox, SmtpServer } from '../config/mail-settings.js';
import type { TenantObject } from '../shared/object-id.js';
import { toTenantId } from '../shared/object-id.js';

/** Connections to the mail server, and so e-mails on their way at once, per process. */
export const SMTP_CONNECTIONS = 5;
/** How long the server may be silent at each step. */
const SILENCE_MS = 10_000;
/** However many words a server makes of it. */
export const SEND_TIMEOUT_MS = 30_000;
/** A connection that was idle when the server closed it is replaced once before that counts as a failure. */
const RECONNECTS = 1;

/** What is given to the mail server. */
export interface OutgoingEmail extends TenantObject {
  recipient: string;
  subject: string;
  body: string;
  createdAt: Date;
}

/** Speaks SMTP to one server, over connections that are kept. */
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
   * Resolves when the server has taken the e-mail: from then on it is the server's to deliver.
   * @param signal ends the attempt, wherever it is
   * @throws Error of nodemailer (smtp-failure.ts)
   */
  async send(email: OutgoingEmail, signal: AbortSignal): Promise<void> {
    const { recipient, subject, body } = email;
    await this.transport.sendMail({
      from: this.from,
      // As objects, so that nothing in them is read as several addresses.
      to: { name: '', address: recipient },
      envelope: { from: this.from.address, to: [recipient] },
      subject,
      text: body,
      messageId: messageIdOf(email, this.from),
      // RFC 3834: no machine shall answer it.
      headers: { 'Auto-Submitted': 'auto-generated' },
      signal: AbortSignal.any([signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]),
    });
  }

  close(): void {
    this.transport.close({ force: true });
  }
}

/**
 * The same for every attempt, so that duplicates are recognisable. The time distinguishes installations that send from
 * the same address.
 */
export function messageIdOf(
  { platformId, id, createdAt }: Pick<OutgoingEmail, 'platformId' | 'id' | 'createdAt'>,
  { address }: Mailbox,
): string {
  const domain = address.slice(address.lastIndexOf('@') + 1);
  return `<${toTenantId('eml', platformId, id)}.${createdAt.getTime().toString(36)}@${domain}>`;
}
