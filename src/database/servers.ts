import { Client, type ClientConfig } from 'pg';
import { sharedCall } from '../concurrency/shared-call.js';
import { type ReadOnlyRow, SHOW_READ_ONLY, UnusableServerError } from './unusable-server.js';

const PROBE_TIMEOUT_MS = 1_000;

export interface ServerAddress {
  host: string;
  port: number;
}

/**
 * The servers of a database URL with several hosts, one of which takes the writes: libpq's
 * `target_session_attrs=read-write`, which node-postgres does not have. All are asked at once, and the first in the
 * order of the URL that takes writes is used until a connection to it fails. So every process of an installation uses
 * the same one, should there ever be two.
 */
export class Servers {
  private writer: ServerAddress | undefined;
  private readonly search = sharedCall(() => this.ask());

  /** @param urls of one server each */
  constructor(private readonly urls: readonly string[]) {}

  /** @throws UnusableServerError when none takes writes */
  async find(): Promise<ServerAddress> {
    this.writer ??= await this.search();
    return this.writer;
  }

  /** The next connection asks the servers again, unless another address was found meanwhile. */
  forget(address: ServerAddress | undefined): void {
    if (this.writer === address) this.writer = undefined;
  }

  private async ask(): Promise<ServerAddress> {
    const answers = this.urls.map(probe);
    // An answer that is not awaited, because an earlier one was good, may fail.
    for (const answer of answers) answer.catch(() => undefined);
    const reasons: string[] = [];
    for (const answer of answers) {
      try {
        return await answer;
      } catch (error) {
        reasons.push((error as Error).message);
      }
    }
    throw new UnusableServerError(`no server of DATABASE_URL takes writes: ${reasons.join('; ')}`);
  }
}

/** The address of a server that takes writes. @throws Error that names the address */
async function probe(url: string): Promise<ServerAddress> {
  const limits: ClientConfig = {
    connectionTimeoutMillis: PROBE_TIMEOUT_MS,
    query_timeout: PROBE_TIMEOUT_MS,
  };
  const client = new Client({ connectionString: url, application_name: 'vostro-probe', ...limits });
  client.on('error', () => undefined);
  const { host, port } = client;
  try {
    await client.connect();
    const { rows } = await client.query<ReadOnlyRow>(SHOW_READ_ONLY);
    if (rows[0]?.transaction_read_only !== 'off') throw new Error('it only reads');
    return { host, port };
  } catch (error) {
    throw new Error(`${host}:${port}: ${(error as Error).message}`, { cause: error });
  } finally {
    void client.end().catch(() => undefined);
  }
}
