import { isEmail } from 'class-validator';

/** An e-mail address with its display name; the name may be empty. */
export interface Mailbox {
  name: string;
  address: string;
}

/** The mail server and its credentials. */
export interface SmtpServer {
  host: string;
  port: number;
  /** TLS from the first byte. Otherwise STARTTLS if the server offers it. */
  isTls: boolean;
  /** Fails without TLS, so that credentials are never sent to another host in plain text. */
  needsTls: boolean;
  credentials: { user: string; password: string } | null;
}

const SUBMISSION_PORT = 587;
const SUBMISSION_TLS_PORT = 465;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;

/** Reads `smtp://user:password@host:port`, or `smtps://…`; `null` for anything else. */
export function parseSmtpUrl(text: string): SmtpServer | null {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url === null || !['smtp:', 'smtps:'].includes(url.protocol) || url.hostname === '') return null;
  if (!['', '/'].includes(url.pathname) || url.search !== '' || url.hash !== '') return null;
  const credentials = credentialsOf(url);
  if (credentials === undefined) return null;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isTls = url.protocol === 'smtps:';
  return {
    host,
    isTls,
    credentials,
    port: url.port === '' ? (isTls ? SUBMISSION_TLS_PORT : SUBMISSION_PORT) : Number(url.port),
    needsTls: credentials !== null && !LOOPBACK.test(host),
  };
}

/** `undefined` when they are invalid: one without the other, or malformed percent-encoding. */
function credentialsOf({ username, password }: URL): SmtpServer['credentials'] | undefined {
  if (username === '' && password === '') return null;
  if (username === '' || password === '') return undefined;
  try {
    return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
  } catch {
    return undefined;
  }
}

/** Reads `Name <user@host>` or `user@host`; `null` for anything else. */
export function parseMailbox(text: string): Mailbox | null {
  if (!isEmail(text, { require_tld: false, allow_display_name: true })) return null;
  const named = /^(.*)<([^<>]+)>$/.exec(text);
  if (named === null) return { name: '', address: text };
  const [, name = '', address = ''] = named;
  return { name: name.trim().replace(/^"(.*)"$/, '$1'), address };
}
