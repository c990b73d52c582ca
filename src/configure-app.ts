import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { type FastifyReply, type FastifyRequest, LogController } from 'fastify';
import { LoadShedder } from './server/load-shedder.service.js';
import { Draining } from './server/draining.service.js';
import { PendingBodies } from './server/pending-bodies.service.js';
import { RequestRateLimits } from './server/request-rate-limits.service.js';
import { AppModule } from './app.module.js';
import type { CallerRequest } from './auth/caller.js';
import type { Environment } from './config/env.js';
import { headersOfResponse } from './http/response-headers.js';
import { ErrorRenderer } from './http/error-renderer.js';
import { hostRefusal, refuseInvalidHosts } from './http/host-header.js';
import { BODY_LIMIT_BYTES, keepBodiesRaw } from './http/raw-body.js';
import { normalTarget } from './http/request-target.js';
import { requestIdOf } from './http/request-id.js';
import { RouteTable } from './http/route-table.js';
import { HttpMetrics } from './server/metrics/http-metrics.service.js';
import { serveDocuments } from './openapi/swagger-ui.js';
import { type Log, openLog } from './server/logging/log.js';
import { NestLog } from './server/logging/nest-log.js';
import { loggerOfOneRequest, nameRequestInLog } from './server/logging/request-fields.js';
import { SandboxHooks } from './sandbox/sandbox-hooks.service.js';
import { SECURITY_HEADERS } from './server/security-headers.js';
import { Stopwatch } from './shared/stopwatch.js';

/**
 * Longest path parameter that reaches a handler. Identifiers have at most 100 characters, and longer ones get their own
 * error.
 */
const MAX_PARAMETER_LENGTH = 1_000;
/** Time limit for the head of a request, also of the first on a connection. */
const HEADERS_TIMEOUT_MS = 20_000;

/**
 * The whole application, ready to listen; `main.ts` and the tests use the same.
 * @param log by default on standard output
 */
export async function createApp(
  env: Environment,
  log: Log = openLog(env.LOG_LEVEL),
): Promise<NestFastifyApplication> {
  const routing: Routing = {};
  const adapter = createAdapter(env, routing, log);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.with(env), adapter, {
    bodyParser: false,
    abortOnError: false,
    logger: new NestLog(log),
  });
  routing.renderer = app.get(ErrorRenderer);
  adapter.getInstance().addHook('onClose', (_instance, done) => {
    log.flush();
    done();
  });
  prepareServer(app);
  if (env.isSandbox) app.get(SandboxHooks).install(app.getHttpAdapter().getInstance());
  serveDocuments(app);
  try {
    await app.init();
  } catch (error) {
    // Resources opened until then would keep the process alive.
    await app.close();
    throw error;
  }
  return app;
}

/** Set once the application has been created. */
interface Routing {
  renderer?: ErrorRenderer;
}

function createAdapter(env: Environment, routing: Routing, log: Log): FastifyAdapter {
  return new FastifyAdapter({
    bodyLimit: BODY_LIMIT_BYTES,
    rewriteUrl: ({ url = '' }) => normalTarget(url),
    // The body has a time limit of its own (server/pending-bodies.service.ts).
    http: { headersTimeout: HEADERS_TIMEOUT_MS, connectionsCheckingInterval: HEADERS_TIMEOUT_MS / 4 },
    trustProxy: env.trustedProxies.length > 0 && [...env.trustedProxies],
    // Requests that arrive during the shutdown are answered normally, and their connections closed.
    return503OnClosing: false,
    routerOptions: { maxParamLength: MAX_PARAMETER_LENGTH, ignoreTrailingSlash: true },
    genReqId: requestIdOf,
    loggerInstance: log,
    childLoggerFactory: loggerOfOneRequest,
    // Replaced by one line per response, below.
    logController: new LogController({ disableRequestLogging: true }),
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      if (routing.renderer === undefined) throw error;
      nameRequestInLog(request);
      const { status, headers, body } = routing.renderer.render(hostRefusal(request) ?? error, request);
      void reply
        .headers(SECURITY_HEADERS)
        .headers(headersOfResponse(request, request.id))
        .status(status)
        .headers(headers)
        .send(body);
    },
  });
}

function prepareServer(app: NestFastifyApplication): void {
  const fastify = app.getHttpAdapter().getInstance();
  const routes = app.get(RouteTable);
  const metrics = app.get(HttpMetrics);
  keepBodiesRaw(fastify);
  fastify.addHook('onRoute', ({ url, method }) => {
    routes.add(url, method);
  });
  fastify.addHook('onRequest', (request: FastifyRequest & CallerRequest, reply, done) => {
    request.watch = new Stopwatch();
    nameRequestInLog(request);
    void reply.headers(SECURITY_HEADERS).headers(headersOfResponse(request, request.id));
    done();
  });
  refuseInvalidHosts(fastify);
  // Logs the pattern, not the path: a path may contain an identifier, a query an e-mail address.
  fastify.addHook('onResponse', (request: FastifyRequest & CallerRequest, reply, done) => {
    const { method, routeOptions, log, watch } = request;
    const { statusCode, elapsedTime } = reply;
    log.info({ method, route: routeOptions.url, statusCode, elapsedMs: Math.round(elapsedTime) }, 'answered');
    metrics.observe({ method, route: routeOptions.url, status: statusCode, elapsedMs: elapsedTime });
    if (watch?.has('queue')) {
      watch.lap('respond');
      metrics.observePhases(routeOptions.url, watch);
    }
    done();
  });
  app.get(RequestRateLimits).install(fastify);
  app.get(PendingBodies).install(fastify);
  app.get(LoadShedder).install(fastify);
  app.get(Draining).install(fastify);
}
