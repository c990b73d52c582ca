import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Connections } from './connections.js';

/** How often connections that have nothing to do are looked for while the server waits for the others. */
const SWEEP_INTERVAL_MS = 50;

/**
 * The end of a server: first it says that it is not ready, and ends each connection with the next answer on it; when
 * balancers have had the time to notice it accepts no more, answers what it has accepted, and stops.
 */
@Injectable()
export class Draining implements BeforeApplicationShutdown, OnApplicationShutdown {
  private connections: Connections | undefined;
  private sweeping: NodeJS.Timeout | undefined;
  private draining = false;

  get isDraining(): boolean {
    return this.draining;
  }

  install(fastify: FastifyInstance): void {
    const connections = new Connections(fastify.server);
    this.connections = connections;
    fastify.addHook('preClose', () => connections.allAccepted());
    fastify.addHook('onSend', (_request, reply, payload, done) => {
      if (this.draining) void reply.header('connection', 'close');
      done(null, payload);
    });
  }

  /** Serves on for so long, not ready any more. `cut` ends that early. */
  async announce(ms: number, cut: AbortSignal): Promise<void> {
    this.draining = true;
    try {
      await delay(ms, undefined, { signal: cut });
    } catch (error) {
      if (!cut.aborted) throw error;
    }
  }

  /** The framework stops listening after this, and waits until the last connection has ended. */
  beforeApplicationShutdown(): void {
    this.draining = true;
    this.sweeping = setInterval(() => this.connections?.endIdle(), SWEEP_INTERVAL_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeping);
  }
}
