import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Caller, CallerRequest } from '../auth/caller.js';
import { Environment } from '../config/env.js';
import { isBelow, type RenderedError } from '../http/api-shape.js';
import { headersOfAnswer } from '../http/answer-headers.js';
import { ErrorRenderer, pathOf } from '../http/error-renderer.js';
import { requestIdOf } from '../http/request-id.js';
import { AdmissionMetrics } from '../metrics/admission-metrics.service.js';
import { Admission, type Objection } from './admission.js';
import { Draining } from './draining.service.js';
import { HeldAnswers } from './held-answers.js';
import { KnownHolders, presentedIn } from './known-holders.js';
import { toRefusal } from './refusals.js';
import { Visit } from './visit.js';

/** For those who run the server, and need it most when it is busy; each asks little of it. */
const ALWAYS_SERVED = ['/health', '/metrics', '/docs', '/openapi', '/.well-known'];
const JSON_TYPE = 'application/json; charset=utf-8';

type Request = FastifyRequest & CallerRequest & { visit: Visit | null };

/** Lets no more requests in than can be worked on, and turns the others away as cheaply as can be. */
@Injectable()
export class Door {
  private readonly admission: Admission;
  private readonly known = new KnownHolders();
  private readonly held: HeldAnswers;

  constructor(
    env: Environment,
    private readonly renderer: ErrorRenderer,
    private readonly metrics: AdmissionMetrics,
    private readonly draining: Draining,
  ) {
    this.admission = new Admission(env.MAX_REQUESTS_IN_WORK);
    this.held = new HeldAnswers(env.MAX_REQUESTS_IN_WORK);
    metrics.watch(this.admission);
  }

  install(fastify: FastifyInstance): void {
    this.standBefore(fastify);
    fastify.decorateRequest('visit', null);
    // For good, when the body is there: whoever sends slowly takes no place.
    fastify.addHook('preValidation', (request, reply, done) => {
      const objection = this.letIn(request as Request, reply);
      if (objection === null) done();
      else this.refuse(objection, request, reply);
    });
    fastify.addHook('onSend', (request, _reply, payload, done) => {
      (request as Request).visit?.answered();
      done(null, payload);
    });
    // Its connections are gone by then; work goes on for callers who hung up, and needs the database.
    fastify.addHook('onClose', () => this.admission.emptied());
  }

  /**
   * Holds a request against the share of whoever it proved to be of.
   * @throws AppError rate_limited when that is used up
   */
  private prove(visit: Visit, { platformId, id }: Caller): void {
    const holder = `${platformId} ${id}`;
    this.known.learn(visit.presented, holder);
    const objection = visit.prove(holder);
    if (objection === null) return;
    this.metrics.refused(objection);
    throw toRefusal(objection);
  }

  /** Before the framework, whose part of a refusal would cost several times as much as the refusal. */
  private standBefore({ server }: FastifyInstance): void {
    const listeners = server.listeners('request') as RequestListener[];
    server.removeAllListeners('request');
    server.on('request', (request, response) => {
      const objection = this.foresee(request);
      if (objection !== null) this.turnAway(objection, request, response);
      else for (const listener of listeners) listener.call(server, request, response);
    });
  }

  /** What would stand against a request when its body has come. */
  private foresee({ url = '', headers }: IncomingMessage): Objection | null {
    if (!this.admission.isBusy || isBelow(pathOf(url), ...ALWAYS_SERVED)) return null;
    return this.admission.objection(this.known.holderOf(presentedIn(headers)));
  }

  private turnAway(objection: Objection, request: IncomingMessage, response: ServerResponse): void {
    const id = requestIdOf(request);
    const { url = '', method = '' } = request;
    const { status, headers, text } = this.answerTo(objection, { url, method, id });
    this.held.give(request.socket, () => {
      response.writeHead(status, {
        ...headers,
        ...headersOfAnswer(request, id),
        'content-length': Buffer.byteLength(text),
        ...(this.draining.isDraining ? { connection: 'close' } : {}),
      });
      response.end(text);
    });
  }

  private letIn(request: Request, reply: FastifyReply): Objection | null {
    if (isBelow(pathOf(request.url), ...ALWAYS_SERVED)) return null;
    const presented = presentedIn(request.headers);
    const visit = new Visit(this.admission, presented, this.known.holderOf(presented));
    const objection = visit.enter();
    if (objection !== null) return objection;
    request.visit = visit;
    request.onProven = (caller) => {
      this.prove(visit, caller);
    };
    const gone = (): void => {
      visit.gone(reply.sent);
    };
    reply.raw.once('close', gone);
    if (reply.raw.destroyed) gone();
    return null;
  }

  private refuse(objection: Objection, request: FastifyRequest, reply: FastifyReply): void {
    const { status, headers, text } = this.answerTo(objection, request);
    void reply.status(status).headers(headers).send(text);
  }

  private answerTo(
    objection: Objection,
    request: Parameters<ErrorRenderer['present']>[1],
  ): Pick<RenderedError, 'status' | 'headers'> & { text: string } {
    this.metrics.refused(objection);
    const { status, headers, body } = this.renderer.present(toRefusal(objection), request);
    return { status, headers: { 'content-type': JSON_TYPE, ...headers }, text: JSON.stringify(body) };
  }
}
