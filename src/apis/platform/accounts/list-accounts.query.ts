import { applyDecorators, createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiQuery, getSchemaPath } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { AccountFilter } from '../../../accounts/reading/account-search.service.js';
import { AppError, type FieldViolation } from '../../../shared/app-error.js';
import {
  ACCOUNT_STATUSES,
  PlatformAccountResponse,
  statusesShownAs,
  type WireStatus,
} from './account.response.js';
import { codePointLength } from '../../../shared/text.js';
import { AccountPageResponse } from './page.response.js';

const DEFAULT_PAGE_SIZE = 10;
const MAX_PAGE_SIZE = 200;
const DECIMAL = /^-?\d{1,15}(\.\d{1,8})?$/;
const MAX_TEXT = 200;

/** Query of an account list. `page` null: all matches in one array. */
export interface AccountListCommand {
  filter: AccountFilter;
  page: { size: number; cursor: ListCursor | null } | null;
}

/** A cursor as it was sent, still encrypted, and the parameter that it was sent as. */
export interface ListCursor {
  name: (typeof CURSORS)[number];
  text: string;
}

/** The names that a page gives its cursors, and one for either. */
const CURSORS = ['nextCursor', 'prevCursor', 'cursor'] as const;

/** The query of a list call, checked. */
export const AccountList = createParamDecorator(
  (_: unknown, context: ExecutionContext): AccountListCommand => {
    const { query } = context
      .switchToHttp()
      .getRequest<FastifyRequest<{ Querystring: Record<string, unknown> }>>();
    return parseAccountList(query);
  },
);

/** @throws AppError validation_failed, one violation for each parameter that cannot be read */
export function parseAccountList(query: Record<string, unknown>): AccountListCommand {
  const reader = new QueryReader(query);
  const status = reader.one('status', 'a status', (text) => ACCOUNT_STATUSES.includes(text as WireStatus));
  const paginate = reader.one('paginate', 'true or false', (text) => text === 'true' || text === 'false');
  const filter: AccountFilter = {
    accountNumber: reader.one('accountNumber', 'A and digits', isText)?.replace(/^A/i, ''),
    displayName: reader.one('displayName', 'text', isText),
    contactEmail: reader.one('contactEmail', 'text', isText),
    status: status === undefined ? undefined : statusesShownAs(status as WireStatus),
    currencyCodes: reader.many('currencyCode', 'currency codes', (text) => /^[A-Z]{3}$/.test(text)),
    fundingNotificationEmails: reader.many('fundingNotificationEmail', 'text', isText),
    minBalance: reader.one('minBalance', 'a decimal number', (text) => DECIMAL.test(text)),
    maxBalance: reader.one('maxBalance', 'a decimal number', (text) => DECIMAL.test(text)),
    createdFrom: toDate(reader.one('minDateCreatedAt', 'an RFC 3339 time or date', isTime)),
    createdUntil: toDate(reader.one('maxDateCreatedAt', 'an RFC 3339 time or date', isTime)),
  };
  // A client may send it without asking for pages.
  const size = Number(reader.one('maxResults', 'an integer', isInteger) ?? DEFAULT_PAGE_SIZE);
  const page = paginate === 'true' ? readPage(reader, size) : null;
  reader.assertAllRead();
  return { filter, page };
}

/** Only with `paginate=true`: without it the size and the cursors of a page are ignored. */
function readPage(reader: QueryReader, size: number): AccountListCommand['page'] {
  if (size < 1 || size > MAX_PAGE_SIZE)
    reader.violate('maxResults', `must be 1 to ${MAX_PAGE_SIZE}`, [String(size)]);
  const cursors = CURSORS.flatMap((name) => {
    const text = reader.one(name, 'a cursor of an earlier page', (given) => given !== '');
    return text === undefined ? [] : [{ name, text }];
  });
  for (const { name, text } of cursors.slice(1)) reader.violate(name, 'must be the only cursor', [text]);
  return { size, cursor: cursors[0] ?? null };
}

/** Reads parameters and gathers what is wrong with them. */
class QueryReader {
  private readonly violations: FieldViolation[] = [];

  constructor(private readonly query: Record<string, unknown>) {}

  one(name: string, what: string, holds: (text: string) => boolean): string | undefined {
    const texts = this.many(name, what, holds, false);
    if (texts !== undefined && texts.length > 1) this.violate(name, 'must be given once', texts);
    return texts?.[0];
  }

  /** A list: repeated, with `[]` behind its name, or separated by commas. */
  many(name: string, what: string, holds: (text: string) => boolean, split = true): string[] | undefined {
    const given = [this.query[name] ?? [], this.query[`${name}[]`] ?? []].flat() as string[];
    const texts = split ? given.flatMap((text) => text.split(',')) : given;
    if (texts.length === 0) return undefined;
    if (!texts.every(holds)) this.violate(name, `must be ${what}`, texts);
    return texts;
  }

  assertAllRead(): void {
    if (this.violations.length > 0) throw new AppError('validation_failed', { fields: this.violations });
  }

  violate(path: string, message: string, texts: string[]): void {
    this.violations.push({ path, constraint: 'range', message, invalidValue: texts.join(',') });
  }
}

function isText(text: string): boolean {
  return text.length > 0 && codePointLength(text) <= MAX_TEXT && text.isWellFormed() && !text.includes('\0');
}

function isInteger(text: string): boolean {
  return /^-?\d{1,20}$/.test(text);
}

function isTime(text: string): boolean {
  const form = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2}))?$/;
  return form.test(text) && !Number.isNaN(Date.parse(text));
}

function toDate(text: string | undefined): Date | undefined {
  return text === undefined ? undefined : new Date(text);
}

/** One code, or several in one text. */
const CURRENCIES = '^[A-Z]{3}(,[A-Z]{3})*$';
/** One text, or several with a comma between two. */
const TEXTS = { type: 'string', minLength: 1, maxLength: MAX_TEXT, pattern: '^[^,]+(,[^,]+)*$' };
const TEXT = { type: 'string', minLength: 1, maxLength: MAX_TEXT };
const TIME_OR_DATE = {
  type: 'string',
  anyOf: [{ format: 'date-time' }, { format: 'date' }],
};

const PARAMETERS: [name: string, description: string, schema: object][] = [
  ['paginate', 'Whether to answer in pages.', { type: 'boolean', default: false }],
  [
    'maxResults',
    `Accounts on a page, 1 to ${MAX_PAGE_SIZE}. Ignored without pages, as cursors are.`,
    { type: 'integer', default: DEFAULT_PAGE_SIZE },
  ],
  ['nextCursor', 'The nextCursor of a page: leads to the page behind it.', { type: 'string' }],
  ['prevCursor', 'The prevCursor of a page: leads to the page before it.', { type: 'string' }],
  ['cursor', 'Either of the two.', { type: 'string' }],
  ['accountNumber', 'This account number.', TEXT],
  ['displayName', 'This display name, ignoring case.', TEXT],
  ['status', 'This status.', { type: 'string', enum: [...ACCOUNT_STATUSES] }],
  ['contactEmail', 'This contact address, ignoring case.', TEXT],
  [
    'currencyCode',
    'Any of these currencies.',
    { type: 'array', items: { type: 'string', pattern: CURRENCIES } },
  ],
  ['currencyCode[]', 'The same.', { type: 'array', items: { type: 'string', pattern: CURRENCIES } }],
  ['minBalance', 'At least this balance, in major units.', { type: 'number' }],
  ['maxBalance', 'At most this balance, in major units.', { type: 'number' }],
  ['minDateCreatedAt', 'Opened then or later.', TIME_OR_DATE],
  ['maxDateCreatedAt', 'Opened then or earlier.', TIME_OR_DATE],
  [
    'fundingNotificationEmail',
    'With any of these funding-notification addresses.',
    { type: 'array', items: TEXTS },
  ],
  ['fundingNotificationEmail[]', 'The same.', { type: 'array', items: TEXTS }],
];

/** Documents the query and both forms of the answer. */
export function AccountListDocs(): MethodDecorator {
  return applyDecorators(
    ApiExtraModels(PlatformAccountResponse, AccountPageResponse),
    ...PARAMETERS.map(([name, description, schema]) =>
      ApiQuery({ name, description, schema, required: false }),
    ),
    ApiOkResponse({
      description: 'The accounts in the order of their opening: an array, or a page when asked for pages.',
      schema: {
        oneOf: [
          { type: 'array', items: { $ref: getSchemaPath(PlatformAccountResponse) } },
          { $ref: getSchemaPath(AccountPageResponse) },
        ],
      },
    }),
  );
}
