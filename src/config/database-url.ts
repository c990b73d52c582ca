/** The URLs of a database; every one but `url` leads to the server itself. */
export interface DatabaseUrls {
  /** Of the server; it may lead to a pooler if there is a `directUrl`. */
  url: string;
  /** Of the same role and database. */
  directUrl?: string | undefined;
  /** Of the owner of the tables, if that is another role. */
  ownerUrl?: string | undefined;
}

/** The values of `target_session_attrs` (libpq) that ask for the server that takes the writes. */
const WRITER_ATTRS: readonly string[] = ['read-write', 'primary'];

/** Scheme and credentials, hosts with their ports, and the rest of a URL. */
const URL_PARTS = /^(postgres(?:ql)?:\/\/(?:[^/?#]*@)?)([^/?#@]*)(.*)$/s;

/**
 * One URL per server of a `postgres://` URL. As in libpq, it may list several hosts with commas, each with its own
 * port: `postgres://app:secret@db1:5432,db2:5433/vostro?target_session_attrs=read-write`.
 * @throws TypeError for a malformed URL, or one that asks for a server that only reads
 */
export function serverUrls(databaseUrl: string): [string, ...string[]] {
  const [, head, hosts, rest] = URL_PARTS.exec(databaseUrl) ?? [];
  if (head === undefined || hosts === undefined || rest === undefined || `${hosts}${rest}` === '')
    throw new TypeError('not a postgres:// URL');
  const listed = hosts.split(',');
  if (listed.length > 1 && listed.includes('')) throw new TypeError('a host is missing');
  return listed.map((host) => serverUrl(`${head}${host}${rest}`)) as [string, ...string[]];
}

/** As `serverUrls`; `null` when the text is malformed. */
export function parseServerUrls(text: string): string[] | null {
  try {
    return serverUrls(text);
  } catch {
    return null;
  }
}

function serverUrl(text: string): string {
  const url = new URL(text);
  const attrs = url.searchParams.get('target_session_attrs');
  if (attrs === null) return text;
  if (!WRITER_ATTRS.includes(attrs))
    throw new TypeError('target_session_attrs must be read-write or primary');
  url.searchParams.delete('target_session_attrs');
  return url.href;
}

/** The role and the database of a URL. @throws TypeError for a malformed URL */
export function roleAndDatabaseOf(databaseUrl: string): { role: string; database: string } {
  const { username, pathname } = new URL(serverUrls(databaseUrl)[0]);
  return { role: decodeURIComponent(username), database: decodeURIComponent(pathname.slice(1)) };
}
