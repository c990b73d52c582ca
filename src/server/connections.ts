import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** A client that opens a connection for a request sends it within this time, on a slow machine too. */
const SILENT_MS = 500;
/** A flood of connections must not keep a server from stopping. */
const MAX_TURNS = 1_000;

/**
 * Closes the idle connections of a server that stops. Node would wait for their time-outs: for connections on which no
 * request was ever sent (browsers and load balancers open some in advance), and for connections whose last response
 * began before the shutdown and so has no `connection: close`.
 */
export class Connections {
  /** By socket, when it was opened. */
  private readonly open = new Map<Socket, number>();
  private accepted = 0;

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.accepted += 1;
      this.open.set(socket, performance.now());
      socket.once('close', () => this.open.delete(socket));
    });
  }

  /**
   * Resolves when the accept queue is empty. The event loop accepts one connection a turn; the kernel resets those that
   * are still queued when listening ends, although their requests may have been sent.
   */
  async allAccepted(): Promise<void> {
    for (let turns = 0, before = -1; before !== this.accepted && turns < MAX_TURNS; turns++) {
      before = this.accepted;
      // The event loop polls the listening socket between the two turns.
      await turn();
      await turn();
    }
  }

  endIdle(): void {
    this.server.closeIdleConnections();
    const since = performance.now() - SILENT_MS;
    for (const [socket, openedAt] of this.open)
      if (socket.bytesRead === 0 && openedAt < since) socket.destroy();
  }
}
