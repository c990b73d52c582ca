import { serverUrls } from '../config/database-url.js';
import { Servers } from './servers.js';
import { sessionOf, type SessionSettings } from './session.js';
import type { WriterClientConfig } from './writer-client.js';

/** `pooler`: sessions are opened by a pooler, which refuses `options`; they have the settings of the role. */
export type Route = 'direct' | 'pooler';

type Connection = WriterClientConfig & SessionSettings & { connectionString: string };

/** The options of a `WriterClient` for a database URL. @throws TypeError for a malformed URL */
export function connectionTo(databaseUrl: string, route: Route): Connection {
  const urls = serverUrls(databaseUrl);
  const { url, options, types } = sessionOf(urls[0]);
  return {
    connectionString: url,
    ...(route === 'direct' ? { options } : {}),
    types,
    ...(urls.length > 1 ? { servers: new Servers(urls) } : {}),
  };
}
