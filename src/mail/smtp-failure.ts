import { oneLine } from './email-templates.js';

/** Why an e-mail was not taken. */
export interface SmtpFailure {
  /** No later attempt would end otherwise: the server refuses this e-mail for good. */
  isPermanent: boolean;
  /** The server is of no use at the moment, for any e-mail. */
  isServerDown: boolean;
  /** Without addresses: for the log. */
  code: string;
  /** In full, as it is kept with the e-mail. */
  text: string;
}

/** What nodemailer says of a failure. */
interface MailError extends Error {
  code?: string;
  responseCode?: number;
}

/** Of the message or its recipient, as nodemailer names them; everything else is about the connection. */
const ABOUT_THE_MESSAGE = new Set(['EENVELOPE', 'EMESSAGE']);
/** The server wants other credentials, or any (RFC 4954): a matter of our configuration, not of this e-mail. */
const ABOUT_CREDENTIALS = new Set([530, 534, 535, 538]);
/** The server is closing the connection (RFC 5321). */
const CLOSING = 421;
/** The session went wrong, not the message. */
const BAD_SEQUENCE = 503;
const MAX_TEXT = 500;

/** Sorts what went wrong by whether and when it makes sense to try again (RFC 5321 §4.2.1). */
export function toSmtpFailure(error: unknown): SmtpFailure {
  const { code = 'EUNKNOWN', responseCode, message } = error as MailError;
  const isServerDown =
    !ABOUT_THE_MESSAGE.has(code) ||
    (responseCode !== undefined && (ABOUT_CREDENTIALS.has(responseCode) || responseCode === CLOSING));
  // Without a reply it was refused before it was offered: an address that none can be, a size that the server announced.
  const isRefusal = responseCode === undefined || (responseCode >= 500 && responseCode !== BAD_SEQUENCE);
  return {
    isServerDown,
    isPermanent: !isServerDown && isRefusal,
    code: responseCode === undefined ? code : `${code} ${responseCode}`,
    text: Array.from(oneLine(message)).slice(0, MAX_TEXT).join(''),
  };
}
