import { oneLine } from './email-templates.js';

/** Why the mail server did not accept an e-mail. */
export interface SmtpFailure {
  /** The server refuses this e-mail permanently; a retry cannot succeed. */
  isPermanent: boolean;
  /** The server is currently unavailable for any e-mail. */
  isServerDown: boolean;
  /** The error code without addresses, for the log. */
  code: string;
  /** The full error text, which is stored with the e-mail. */
  text: string;
}

/** An error of nodemailer. */
interface MailError extends Error {
  code?: string;
  responseCode?: number;
}

/** nodemailer's codes for errors of the message or its recipient; all other codes are connection errors. */
const ABOUT_THE_MESSAGE = new Set(['EENVELOPE', 'EMESSAGE']);
/** The server requires credentials, or other ones (RFC 4954): an error of the configuration, not of the e-mail. */
const ABOUT_CREDENTIALS = new Set([530, 534, 535, 538]);
/** The server is closing the connection (RFC 5321). */
const CLOSING = 421;
/** An error of the session, not of the message. */
const BAD_SEQUENCE = 503;
const MAX_TEXT = 500;

/** Classifies an error as permanent or temporary, and as an error of the e-mail or of the server (RFC 5321 §4.2.1). */
export function toSmtpFailure(error: unknown): SmtpFailure {
  const { code = 'EUNKNOWN', responseCode, message } = error as MailError;
  const isServerDown =
    !ABOUT_THE_MESSAGE.has(code) ||
    (responseCode !== undefined && (ABOUT_CREDENTIALS.has(responseCode) || responseCode === CLOSING));
  // Without a reply code, nodemailer refused it itself: an invalid address, or a size above the server's announced
  // limit.
  const isRefusal = responseCode === undefined || (responseCode >= 500 && responseCode !== BAD_SEQUENCE);
  return {
    isServerDown,
    isPermanent: !isServerDown && isRefusal,
    code: responseCode === undefined ? code : `${code} ${responseCode}`,
    text: Array.from(oneLine(message)).slice(0, MAX_TEXT).join(''),
  };
}
