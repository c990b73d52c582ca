import { isObject, type Json, type JsonObject, Numeral, parseExact } from './exact-json.js';

export interface KeyPair {
  apiKey: string;
  apiSecret: string;
}

/** At least one of the tokens is present. */
export interface WorkspaceAccess {
  workspaceId: string;
  accessToken: string | null;
  refreshToken: string | null;
  productId: number | null;
}

export interface PlatformAccess {
  key: string;
  secret: string;
  customerIdentifier: string | null;
  pendingCustomerIdentifier: string | null;
}

/**
 * The credentials in the form of `var/demo.json`; a missing part is `null`, and the checks that need it are skipped.
 */
export interface Credentials {
  baseUrl: string | null;
  owner: KeyPair | null;
  /** An owner without approved KYC. */
  ownerPending: KeyPair | null;
  workspace: WorkspaceAccess | null;
  workspacePending: WorkspaceAccess | null;
  platform: PlatformAccess | null;
}

/** The credentials are unusable; the message names field and variable, never a value. */
export class CredentialsError extends Error {}

const PREFIX = 'VOSTRO_CONTRACT';

/** The environment variable that overrides each field of the file. */
export const VARIABLES = {
  baseUrl: `${PREFIX}_BASE_URL`,
  'owner.apiKey': `${PREFIX}_OWNER_KEY`,
  'owner.apiSecret': `${PREFIX}_OWNER_SECRET`,
  'ownerPending.apiKey': `${PREFIX}_OWNER_PENDING_KEY`,
  'ownerPending.apiSecret': `${PREFIX}_OWNER_PENDING_SECRET`,
  'workspace.workspaceId': `${PREFIX}_WORKSPACE_ID`,
  'workspace.accessToken': `${PREFIX}_WORKSPACE_ACCESS_TOKEN`,
  'workspace.refreshToken': `${PREFIX}_WORKSPACE_REFRESH_TOKEN`,
  'workspace.productId': `${PREFIX}_WORKSPACE_PRODUCT_ID`,
  'workspacePending.workspaceId': `${PREFIX}_WORKSPACE_PENDING_ID`,
  'workspacePending.accessToken': `${PREFIX}_WORKSPACE_PENDING_ACCESS_TOKEN`,
  'workspacePending.refreshToken': `${PREFIX}_WORKSPACE_PENDING_REFRESH_TOKEN`,
  'platform.key': `${PREFIX}_PLATFORM_KEY`,
  'platform.secret': `${PREFIX}_PLATFORM_SECRET`,
  'platform.customerIdentifier': `${PREFIX}_PLATFORM_CUSTOMER`,
  'platform.pendingCustomerIdentifier': `${PREFIX}_PLATFORM_PENDING_CUSTOMER`,
} as const;

type Field = keyof typeof VARIABLES;
type Fields = ReadonlyMap<string, string>;

/**
 * @param file text of a credentials file; `null`: there is none
 * @param variables of the environment; they override the file
 * @throws CredentialsError
 */
export function readCredentials(file: string | null, variables: NodeJS.ProcessEnv): Credentials {
  const fields = new Map(file === null ? [] : fieldsOf(file));
  for (const [field, variable] of Object.entries(VARIABLES)) {
    const value = variables[variable];
    if (value !== undefined && value !== '') fields.set(field, value);
  }
  return {
    baseUrl: fields.get('baseUrl') ?? null,
    owner: toKeyPair(fields, 'owner'),
    ownerPending: toKeyPair(fields, 'ownerPending'),
    workspace: toWorkspace(fields, 'workspace'),
    workspacePending: toWorkspace(fields, 'workspacePending'),
    platform: toPlatform(fields),
  };
}

/** The known fields, as text; all other fields are ignored. */
function fieldsOf(file: string): [field: string, value: string][] {
  const json = toObject(file);
  return Object.keys(VARIABLES).flatMap((field): [string, string][] => {
    const value = field
      .split('.')
      .reduce<Json | undefined>((at, name) => (isObject(at) ? at[name] : undefined), json);
    if (value === undefined || value === null || value === '') return [];
    if (typeof value !== 'string' && !(value instanceof Numeral))
      throw new CredentialsError(`${field} of the credentials must be text or a number`);
    return [[field, value instanceof Numeral ? value.source : value]];
  });
}

function toObject(file: string): JsonObject {
  try {
    const json = parseExact(file);
    if (isObject(json)) return json;
  } catch (error) {
    // The parser's message would contain a part of the file.
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new CredentialsError('the credentials file is not a JSON object');
}

function toKeyPair(fields: Fields, name: 'owner' | 'ownerPending'): KeyPair | null {
  if (!isThere(fields, name)) return null;
  return { apiKey: required(fields, `${name}.apiKey`), apiSecret: required(fields, `${name}.apiSecret`) };
}

function toWorkspace(fields: Fields, name: 'workspace' | 'workspacePending'): WorkspaceAccess | null {
  if (!isThere(fields, name)) return null;
  const workspaceId = required(fields, `${name}.workspaceId`);
  if (!/^[1-9]\d*$/.test(workspaceId))
    throw new CredentialsError(`${named(`${name}.workspaceId`)} must be an integer`);
  const accessToken = fields.get(`${name}.accessToken`) ?? null;
  const refreshToken = fields.get(`${name}.refreshToken`) ?? null;
  if (accessToken === null && refreshToken === null) required(fields, `${name}.accessToken`);
  return { workspaceId, accessToken, refreshToken, productId: toProductId(fields.get(`${name}.productId`)) };
}

function toProductId(text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new CredentialsError(`${named('workspace.productId')} must be an integer`);
  return Number(text);
}

function toPlatform(fields: Fields): PlatformAccess | null {
  if (!isThere(fields, 'platform')) return null;
  return {
    key: required(fields, 'platform.key'),
    secret: required(fields, 'platform.secret'),
    customerIdentifier: fields.get('platform.customerIdentifier') ?? null,
    pendingCustomerIdentifier: fields.get('platform.pendingCustomerIdentifier') ?? null,
  };
}

function isThere(fields: Fields, part: string): boolean {
  return [...fields.keys()].some((field) => field.startsWith(`${part}.`));
}

/** An incomplete credential is an error, not a missing one. */
function required(fields: Fields, field: Field): string {
  const value = fields.get(field);
  if (value === undefined) throw new CredentialsError(`${named(field)} is missing`);
  // The values are sent in headers: an invalid one would fail later, with a message that might contain it.
  if (!/^[\x21-\x7e]+$/.test(value))
    throw new CredentialsError(`${named(field)} must be visible ASCII characters`);
  return value;
}

function named(field: Field): string {
  return `${field} (${VARIABLES[field]})`;
}
