import type { EmailKind } from '../entities/email.entity.js';
import type { EventAccount } from '../events/event-payloads.js';
import type { StoredEvent } from '../events/event-types.js';
import { toMajorText, toMinorUnits } from '../shared/money.js';

type FundingEvent = Extract<StoredEvent, { type: 'transfer.posted' }>;
type LowBalanceEvent = Extract<StoredEvent, { type: 'balance.low' }>;

/** The rendered content of an e-mail. */
export interface EmailContent {
  kind: EmailKind;
  /** No text that a caller can choose, such as a name: the bank's sender address would lend it credibility. */
  subject: string;
  /** Plain text; every line ends with `\n`. */
  body: string;
}

/** The template's input besides the event: current data of the account. */
export interface EmailAccount {
  displayName: string | null;
  decimals: number;
}

/** Whether the event is the credit side of a deposit. */
export function isFunding(event: StoredEvent): event is FundingEvent {
  if (event.type !== 'transfer.posted') return false;
  // A malformed event must not block the events after it, so it is skipped instead of failing.
  const { transfer } = event.data as Partial<FundingEvent['data']>;
  return transfer?.kind === 'deposit' && transfer.side === 'credit';
}

/** Whether the event is a crossed low-balance threshold. */
export function isLowBalance(event: StoredEvent): event is LowBalanceEvent {
  if (event.type !== 'balance.low') return false;
  const { alert } = event.data as Partial<LowBalanceEvent['data']>;
  return alert !== undefined;
}

/** The template of funding notifications. */
export function fundingEmail({ data, occurredAt }: FundingEvent, holder: EmailAccount): EmailContent {
  const { account, transfer } = data;
  const amount = money(transfer.amount, account, holder);
  return {
    kind: 'account_funded',
    subject: `${amount} received: A${account.number}`,
    body: written([
      'Money has arrived on an account.',
      '',
      ...accountLines(account, holder),
      `Amount:       ${amount}`,
      ...(transfer.description === null ? [] : [`Description:  ${transfer.description}`]),
      ...(transfer.reference === null ? [] : [`Reference:    ${transfer.reference}`]),
      `Transfer:     ${transfer.id}`,
      `Value date:   ${transfer.effectiveDate}`,
      `Posted:       ${occurredAt.toISOString()}`,
      ...closing('this address is on the account’s list of funding notifications'),
    ]),
  };
}

/** The template of low-balance alerts. */
export function lowBalanceEmail({ data, occurredAt }: LowBalanceEvent, holder: EmailAccount): EmailContent {
  const { account, alert, available } = data;
  return {
    kind: 'balance_low',
    subject: `Balance below ${money(alert.threshold, account, holder)}: A${account.number}`,
    body: written([
      'An account has less available than the threshold of an alert.',
      '',
      ...accountLines(account, holder),
      `Alert:        ${alert.displayName}`,
      `Threshold:    ${money(alert.threshold, account, holder)}`,
      `Available:    ${money(available, account, holder)}`,
      `Since:        ${occurredAt.toISOString()}`,
      '',
      'The next e-mail of this alert comes in an hour at the earliest, when the account has been above the threshold and falls below it again.',
      ...closing('this address is named by the alert'),
    ]),
  };
}

/**
 * The template of confirmation e-mails. It has no text that a caller can choose, because the recipient may not know the
 * caller: the bank is named by the sender and the link, which the mailer appends.
 */
export function confirmationEmail(): EmailContent {
  return {
    kind: 'address_confirmation',
    subject: 'Please confirm your e-mail address',
    body: written([
      'This address was given to us for notifications about an account at our bank.',
      '',
      'If you want to receive them, open this page within seven days and confirm. Otherwise there is nothing to do:',
      'without your confirmation no notification is sent to this address.',
    ]),
  };
}

/**
 * The text of an e-mail as it is sent. The link is not part of the stored text, because any reader could confirm or
 * unsubscribe.
 */
export function withLink({ kind, body }: Pick<EmailContent, 'kind' | 'body'>, url: string): string {
  return kind === 'address_confirmation' ? `${body}\n${url}\n` : `${body}Unsubscribe: ${url}\n`;
}

function accountLines(account: EventAccount, holder: EmailAccount): string[] {
  const { accountIdentifier, number } = account;
  return [
    `Account:      ${nameOf(account, holder)}`,
    ...(accountIdentifier === null ? [] : [`Identifier:   ${accountIdentifier}`]),
    `Number:       A${number}`,
  ];
}

function closing(why: string): string[] {
  return ['', '-- ', `Sent by a machine because ${why}. Replies are not read.`];
}

function nameOf({ number }: EventAccount, { displayName }: EmailAccount): string {
  return displayName ?? `A${number}`;
}

function money(amount: number, { currency }: EventAccount, { decimals }: EmailAccount): string {
  const minor = toMinorUnits(amount, decimals);
  if (minor === null) throw new Error(`an amount in ${currency} with more than ${decimals} decimals`);
  return `${currency} ${toMajorText(minor, decimals)}`;
}

/**
 * Joins lines. Each stays a single line, so that customer-supplied text cannot inject headers or imitate other lines.
 */
function written(lines: readonly string[]): string {
  return `${lines.map((line) => (line === '-- ' ? line : oneLine(line))).join('\n')}\n`;
}

// Control characters, line and paragraph separators, and characters that reorder or hide text.
const UNSEEN = /[\p{Cc}\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]+/gu;

/** Replaces invisible characters and line breaks by spaces, so that the text is well-formed and on one line. */
export function oneLine(text: string): string {
  return text.toWellFormed().replace(UNSEEN, ' ').trimEnd();
}
