import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import { setImmediate as turn } from 'node:timers/promises';

/** Whoever connects in order to ask does so within this, on a slow machine too. */
const SILENT_MS = 500;
/** A flood of connections must not keep a server from stopping. */
const MAX_TURNS = 1_000;

/**
 * The connections of a server that stops. It would wait, each to its time-out, for those on which nothing was ever
 * sent (browsers and balancers open some in advance) and for those that fell idle since: their answers had begun before
 * anybody knew that they would be the last.
 */
export class Connections {
  /** With the time of their opening. */
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
   * Resolves when nobody waits to be accepted. The event loop accepts one a turn; those who were left waiting when
   * listening ends would be reset by the kernel, their requests already sent.
   */
  async allAccepted(): Promise<void> {
    for (let turns = 0, before = -1; before !== this.accepted && turns < MAX_TURNS; turns++) {
      before = this.accepted;
      // The listening socket is looked at between the two.
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
