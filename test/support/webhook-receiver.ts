import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server, Socket } from 'node:net';

/** A received request. */
export interface ReceivedWebhook {
  path: string;
  headers: Record<string, string>;
  body: string;
}

/** How a receiver responds to a request that it has read. */
export type Behaviour = (response: ServerResponse, request: ReceivedWebhook) => void;

export const answers =
  (status: number): Behaviour =>
  (response) => {
    response.writeHead(status).end('thank you');
  };

export const hangs: Behaviour = () => undefined;

export const redirectsTo =
  (location: string): Behaviour =>
  (response) => {
    response.writeHead(307, { location }).end();
  };

export const closesTheSocket: Behaviour = (response) => {
  response.socket?.destroy();
};

export const answersHalf: Behaviour = (response) => {
  response.writeHead(200, { 'content-length': 1_000 });
  response.write('half', () => response.socket?.destroy());
};

/** Sends a body without end, as fast as it is read. */
export const answersWithoutEnd: Behaviour = (response) => {
  response.writeHead(200);
  const chunk = Buffer.alloc(16 * 1024, 'x');
  const pour = (): void => {
    while (!response.destroyed && response.write(chunk));
    if (!response.destroyed) response.once('drain', pour);
  };
  pour();
};

/** Sends a byte every 20 ms without end. */
export const answersDropByDrop: Behaviour = (response) => {
  response.writeHead(200);
  const drops = setInterval(() => {
    if (response.destroyed) clearInterval(drops);
    else response.write('x');
  }, 20);
};

/** A real server that receives events, and responds as a test specifies. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  behave: Behaviour = answers(200);
  private readonly sockets = new Set<Socket>();

  private constructor(
    private readonly server: Server,
    private readonly scheme: string,
  ) {}

  static async start(tls?: { key: string; cert: string }): Promise<WebhookReceiver> {
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      void receiver.take(request, response);
    };
    const server = tls === undefined ? createHttpServer(handle) : createHttpsServer(tls, handle);
    const receiver = new WebhookReceiver(server, tls === undefined ? 'http' : 'https');
    server.on('connection', (socket: Socket) => {
      receiver.sockets.add(socket);
      socket.on('close', () => receiver.sockets.delete(socket));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  /** @param host a name or address of this machine */
  url(path = '/hook', host = '127.0.0.1'): string {
    return `${this.scheme}://${host}:${this.port}${path}`;
  }

  get openConnections(): number {
    return this.sockets.size;
  }

  /** The requests to a path, in order of arrival. */
  at(path: string): ReceivedWebhook[] {
    return this.received.filter((request) => request.path === path);
  }

  async close(): Promise<void> {
    for (const socket of this.sockets) socket.destroy();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    try {
      for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    } catch {
      // The sender died while it was sending: nothing was received.
      return;
    }
    const received = { path: request.url ?? '', headers: request.headers as Record<string, string>, body };
    this.received.push(received);
    response.on('error', () => undefined);
    this.behave(response, received);
  }
}
