import { setTimeout as delay } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance } from 'fastify';
import { Connections } from './connections.js';

/** How often idle connections are closed while the server waits for the active ones. */
const SWEEP_INTERVAL_MS = 50;

/**
 * Graceful shutdown: the readiness check fails and each response closes its connection; once load balancers have had
 * time to notice, the server stops listening, answers the accepted requests, and stops.
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

  /** Keeps serving for `ms` milliseconds while not ready. `cut` ends the wait early. */
  async announce(ms: number, cut: AbortSignal): Promise<void> {
    this.draining = true;
    try {
      await delay(ms, undefined, { signal: cut });
    } catch (error) {
      if (!cut.aborted) throw error;
    }
  }

  /** After this hook the framework stops listening and waits for the last connection to close. */
  beforeApplicationShutdown(): void {
    this.draining = true;
    this.sweeping = setInterval(() => this.connections?.endIdle(), SWEEP_INTERVAL_MS);
  }

  onApplicationShutdown(): void {
    clearInterval(this.sweeping);
  }
}
