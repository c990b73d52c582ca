import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { Environment } from '../config/env.js';
import { NDJSON_TYPE } from '../http/raw-body.js';
import { AppError } from '../shared/app-error.js';
import { LoadMetrics } from './metrics/load-metrics.service.js';
import { toRejection } from './rejections.js';

/** Connections for each request in flight, because most of them are idle. */
const CONNECTIONS_PER_REQUEST = 10;
/** Lower limits would refuse clients of an ordinary installation. */
const MIN_CONNECTIONS = 1_000;
const MIN_BODIES = 100;
const SWEEP_MS = 1_000;
/** A body is not given up for newer ones before this age: it may only have to be read. */
const MIN_AGE_MS = 1_000;

/** A request of which a part of the body is still to be received. */
interface Pending {
  request: FastifyRequest;
  reply: FastifyReply;
  /** `performance.now()` */
  since: number;
}

/**
 * Limits what clients that have not authenticated can occupy: the time and the number of bodies that are still being
 * received, and the number of connections. A body is at most 64 KiB, so its number limits its memory, too.
 */
@Injectable()
export class PendingBodies implements BeforeApplicationShutdown {
  /** Time limit of a body. Tests set a lower value. */
  maxAgeMs = 30_000;
  /** Of bodies. */
  private readonly limit: number;
  private readonly maxConnections: number;
  /** In order of arrival. */
  private readonly pending = new Set<Pending>();
  private readonly timer: NodeJS.Timeout;

  constructor(
    env: Environment,
    private readonly metrics: LoadMetrics,
  ) {
    this.limit = Math.max(env.MAX_REQUESTS_IN_WORK, MIN_BODIES);
    this.maxConnections = Math.max(env.MAX_REQUESTS_IN_WORK * CONNECTIONS_PER_REQUEST, MIN_CONNECTIONS);
    this.timer = setInterval(() => {
      this.sweep();
    }, SWEEP_MS).unref();
  }

  /** How many are being received. */
  get count(): number {
    return this.pending.size;
  }

  install(fastify: FastifyInstance): void {
    fastify.server.maxConnections = this.maxConnections;
    fastify.server.on('drop', () => {
      this.metrics.refused('connections');
    });
    fastify.addHook('preParsing', (request, reply, payload, done) => {
      const rejection = this.track(request, reply);
      if (rejection === null) done(null, payload);
      else done(rejection);
    });
  }

  beforeApplicationShutdown(): void {
    clearInterval(this.timer);
  }

  private track(request: FastifyRequest, reply: FastifyReply): AppError | null {
    const { raw } = request;
    if (raw.complete || !hasBody(request)) return null;
    if (this.pending.size >= this.limit && !this.giveUpOldest()) {
      this.metrics.refused('bodies');
      return toRejection('bound');
    }
    const pending = { request, reply, since: performance.now() };
    this.pending.add(pending);
    raw.once('close', () => this.pending.delete(pending));
    return null;
  }

  private giveUpOldest(): boolean {
    const [oldest] = this.pending;
    if (oldest === undefined || performance.now() - oldest.since < MIN_AGE_MS) return false;
    this.giveUp(oldest);
    return true;
  }

  private sweep(): void {
    const latest = performance.now() - this.maxAgeMs;
    for (const pending of this.pending) {
      if (pending.since > latest) return;
      // The lines of a bulk call have a time limit of their own (apis/admin/bulk/idle-watch.ts), once it is admitted.
      if (pending.reply.sent || !isLines(pending.request)) this.giveUp(pending);
    }
  }

  private giveUp(pending: Pending): void {
    const {
      request: { raw },
      reply,
    } = pending;
    this.pending.delete(pending);
    this.metrics.refused('slow_body');
    // Fastify listens while it reads the body. Nothing reads one that is left over, or that the method does not have.
    const isRead = !reply.sent && raw.listenerCount('error') > 0;
    if (isRead) {
      void reply.header('connection', 'close');
      raw.emit('error', new AppError('request_timeout'));
    } else raw.destroy();
  }
}

function hasBody({ headers }: FastifyRequest): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

function isLines({ headers }: FastifyRequest): boolean {
  return headers['content-type']?.startsWith(NDJSON_TYPE) === true;
}
