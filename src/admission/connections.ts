import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * The connections of a server that has stopped listening. It would wait, each to its time-out, for those on which
 * nothing was ever sent (browsers and balancers open some in advance) and for those that fell idle since: their answers
 * had begun before anybody knew that they would be the last.
 */
export class Connections {
  private readonly open = new Set<Socket>();

  constructor(private readonly server: Server) {
    server.on('connection', (socket: Socket) => {
      this.open.add(socket);
      socket.once('close', () => this.open.delete(socket));
    });
  }

  endIdle(): void {
    this.server.closeIdleConnections();
    for (const socket of this.open) if (socket.bytesRead === 0) socket.destroy();
  }
}
