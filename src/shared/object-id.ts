/** The kinds of object that admins work with, by the prefix of their ids. */
export const OBJECT_TYPES = {
  acc: 'account',
  adm: 'admin',
  apr: 'approval',
  aud: 'audit_entry',
  crd: 'credential',
  cur: 'currency',
  cus: 'customer',
  ead: 'email_address',
  eml: 'email',
  evt: 'event',
  hld: 'hold',
  jur: 'jurisdiction',
  kyc: 'kyc_case',
  lim: 'posting_limit',
  plt: 'platform',
  prd: 'product',
  ses: 'session',
  trf: 'transfer',
  whd: 'webhook_delivery',
  whk: 'webhook',
  wsp: 'workspace',
} as const;

export type ObjectPrefix = keyof typeof OBJECT_TYPES;

/** The object that a tenant's id refers to. */
export interface TenantObject {
  platformId: string;
  id: string;
}

/** `cus_<platform>_<id>`: contains its tenant, so that a lookup by id is limited to it. */
export function toTenantId(prefix: ObjectPrefix, platformId: string, id: string): string {
  return `${prefix}_${platformId}_${id}`;
}

const TENANT_ID = '(0|[1-9]\\d{0,17})_([1-9]\\d{0,17})';

const TENANT_IDS = new RegExp(`^([a-z]{3})_${TENANT_ID}$`);

/** The form of such an id, as a regular expression. */
export function tenantIdPattern(prefix: ObjectPrefix): string {
  return `^${prefix}_${TENANT_ID}$`;
}

export function parseTenantId(prefix: ObjectPrefix, text: string): TenantObject | null {
  const match = TENANT_IDS.exec(text);
  if (match === null || match[1] !== prefix) return null;
  return { platformId: match[2] ?? '', id: match[3] ?? '' };
}

/** The object that an id from the database refers to. @throws Error when it is of another kind */
export function tenantObjectOf(prefix: ObjectPrefix, text: string): TenantObject {
  const object = parseTenantId(prefix, text);
  if (object === null) throw new Error(`${text} names no ${OBJECT_TYPES[prefix]}`);
  return object;
}

/** `plt_<id>`, `prd_<id>`, `cur_<code>`, `jur_<code>`: ids of objects without a tenant. */
export function toSystemId(prefix: ObjectPrefix, id: string | number): string {
  return `${prefix}_${id}`;
}

const NUMBERED_IDS = /^([a-z]{3})_([1-9]\d{0,8})$/;
const CODED_IDS = /^([a-z]{3})_([A-Z][A-Z0-9]{1,9})$/;

/**
 * The code of a currency or a jurisdiction, or the number of any other object; `null` when the text does not have the
 * form.
 */
export function parseSystemId(prefix: ObjectPrefix, text: string): string | null {
  const form = prefix === 'cur' || prefix === 'jur' ? CODED_IDS : NUMBERED_IDS;
  const match = form.exec(text);
  return match !== null && match[1] === prefix ? (match[2] ?? null) : null;
}

/** The form of a platform's id, as a regular expression; `plt_0` is the system tenant. */
export const PLATFORM_ID_PATTERN = '^plt_(0|[1-9]\\d{0,8})$';

/** The number of a platform, including the system tenant; `null` when the text does not have the form. */
export function parsePlatformId(text: string): string | null {
  return text === 'plt_0' ? '0' : parseSystemId('plt', text);
}

/** The kind of object that an id refers to, for the audit trail. */
export function objectTypeOf(objectId: string): string {
  return OBJECT_TYPES[objectId.slice(0, 3) as ObjectPrefix];
}
