import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** What the proxy does to the connections that pass through it; it may be changed at any time. */
export interface Disturbance {
  /** Keeps what a client sends for so long when it contains this text. */
  delay?: { text: string; ms: number };
  /** Ends each new connection with FATAL 57P01, sent in the packet that completes the login. */
  isEndedAtLogin?: boolean;
  /** Each new session only reads, as on a standby. */
  isReadOnly?: boolean;
}

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
  /** Cuts every connection and refuses new ones. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  close(): Promise<void>;
}

/** A TCP proxy before a PostgreSQL server. @param databaseUrl the database that clients reach through it */
export async function startDatabaseProxy(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl);
  const clients = new Set<Socket>();
  const server = createServer((client) => {
    const database = connect(Number(target.port), target.hostname);
    for (const socket of [client, database]) socket.on('error', () => undefined);
    proxy.accepted.push(performance.now());
    clients.add(client);
    client.on('close', () => clients.delete(client));
    forward(client, database, proxy);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  const proxy: DatabaseProxy = {
    url: url.href,
    disturbance: {},
    accepted: [],
    open: () => clients.size,
    cut: () => {
      for (const client of clients) client.destroy();
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

function forward(client: Socket, database: Socket, proxy: DatabaseProxy): void {
  let isLoggedIn = false;
  let isReadOnly = proxy.disturbance.isReadOnly === true;
  client.on('data', (sent) => {
    const chunk = isReadOnly ? withParameter(sent, 'default_transaction_read_only', 'on') : sent;
    isReadOnly = false;
    const { delay } = proxy.disturbance;
    if (delay !== undefined && chunk.includes(delay.text)) {
      client.pause();
      setTimeout(() => {
        database.write(chunk);
        client.resume();
      }, delay.ms);
    } else database.write(chunk);
  });
  database.on('data', (chunk) => {
    const completesLogin = !isLoggedIn && chunk.subarray(-READY_FOR_QUERY.length).equals(READY_FOR_QUERY);
    isLoggedIn ||= completesLogin;
    if (completesLogin && proxy.disturbance.isEndedAtLogin === true) {
      client.end(Buffer.concat([chunk, ADMIN_SHUTDOWN]));
      database.destroy();
    } else client.write(chunk);
  });
  client.on('close', () => database.end());
  database.on('close', () => client.end());
}

/** A StartupMessage with one more run-time parameter (PostgreSQL documentation, Message Formats). */
function withParameter(startup: Buffer, name: string, value: string): Buffer {
  const changed = Buffer.concat([startup.subarray(0, -1), Buffer.from(`${name}\0${value}\0\0`)]);
  changed.writeUInt32BE(changed.length, 0);
  return changed;
}

/** ReadyForQuery outside a transaction (PostgreSQL documentation, Message Formats). */
const READY_FOR_QUERY = Buffer.from('Z\0\0\0\x05I', 'latin1');

const ADMIN_SHUTDOWN = errorResponse({
  S: 'FATAL',
  V: 'FATAL',
  C: '57P01',
  M: 'terminating connection due to administrator command',
});

/** @param fields by their type, one letter each (PostgreSQL documentation, Error and Notice Message Fields) */
function errorResponse(fields: Record<string, string>): Buffer {
  const text = Object.entries(fields).map(([type, value]) => `${type}${value}\0`);
  const body = Buffer.from(`${text.join('')}\0`);
  const head = Buffer.from('E\0\0\0\0', 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}
