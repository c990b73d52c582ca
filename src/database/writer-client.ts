import { Client, type ClientConfig } from 'pg';
import { assertSettings, SHOW_SETTINGS, type Setting } from './session.js';
import type { Servers } from './servers.js';
import { assertWritable } from './unusable-server.js';

export interface WriterClientConfig extends ClientConfig {
  /** Of a database URL with several hosts: the one that takes the writes is connected to. */
  servers?: Servers;
  /** Called when an open connection breaks. */
  onLost?: (reason: Error) => void;
}

/**
 * A connection to the server that takes the writes, in a session with the settings that the statements rely on.
 *
 * It listens to its own errors: pg-pool and TypeORM each do while they hold it, and neither does in between, so that a
 * connection that the server ends as soon as it is open would end the process. The next statement on the broken
 * connection fails, without the reason; `onLost` is told.
 */
export class WriterClient extends Client {
  private readonly servers: Servers | undefined;

  constructor(config: WriterClientConfig) {
    super(config);
    this.servers = config.servers;
    this.on('error', (reason) => config.onLost?.(reason));
  }

  /**
   * Rejects as `Client.connect` does.
   * @throws UnusableServerError for a server that only reads, because its data may be old, and for a session with other
   *   settings
   */
  override connect(): Promise<Client>;
  override connect(callback: (error: Error) => void): void;
  override connect(callback?: (error: Error) => void): Promise<Client> | void {
    const connected = this.connectToWriter();
    if (callback === undefined) return connected;
    // pg-pool passes no error as `undefined`.
    connected.then(() => {
      (callback as () => void)();
    }, callback);
  }

  private async connectToWriter(): Promise<Client> {
    const address = await this.servers?.find();
    if (address !== undefined) Object.assign(this, address);
    try {
      await super.connect();
      await this.assertUsable();
      return this;
    } catch (error) {
      this.servers?.forget(address);
      void this.end().catch(() => undefined);
      throw error;
    }
  }

  private async assertUsable(): Promise<void> {
    const { rows } = await this.query<Setting>(SHOW_SETTINGS);
    assertWritable(rows.find(({ name }) => name === 'transaction_read_only')?.value);
    assertSettings(rows);
  }
}
