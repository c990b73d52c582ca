import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { type Disturbance, ProxiedConnection } from './proxied-connection.js';

export interface DatabaseProxy {
  /** The database's URL with the proxy's address. */
  url: string;
  disturbance: Disturbance;
  /** When each connection was accepted (`performance.now()`). */
  accepted: number[];
  /** How many connections clients hold. */
  open(): number;
  /** Cuts every connection. */
  cut(): void;
  /** Lets nothing pass on the connections that are open now, and keeps them open. */
  halfOpen(): void;
  /** Cuts every connection and refuses new ones. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** A TCP proxy before a PostgreSQL server. @param databaseUrl the database that clients reach through it */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const connections = new Set<ProxiedConnection>();
  const server = createServer((client) => {
    const connection = new ProxiedConnection(client, target, () => proxy.disturbance);
    proxy.accepted.push(performance.now());
    connections.add(connection);
    client.on('close', () => connections.delete(connection));
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const proxy: DatabaseProxy = {
    url: url.href,
    disturbance: {},
    accepted: [],
    open: () => connections.size,
    cut: () => {
      for (const connection of connections) connection.cut();
    },
    halfOpen: () => {
      for (const connection of connections) connection.halfOpen();
    },
    pause: async () => {
      const closed = once(server.close(), 'close');
      proxy.cut();
      await closed;
    },
    resume: async () => {
      await once(server.listen(Number(url.port), '127.0.0.1'), 'listening');
    },
    close: async () => {
      if (server.listening) await proxy.pause();
    },
  };
  return proxy;
}
