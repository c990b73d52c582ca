import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { CallerRequest } from '../auth/caller.js';
import { ErrorRenderer } from './error-renderer.js';
import { ThrownResponse } from './thrown-response.js';
import { SecurityEvents } from './security-events.service.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Every refusal of the server leaves through here, in the shape of the API that was called. */
@Catch()
export class ResponseFilter implements ExceptionFilter {
  constructor(
    private readonly renderer: ErrorRenderer,
    private readonly events: SecurityEvents,
  ) {}

  async catch(thrown: unknown, host: ArgumentsHost): Promise<void> {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest & CallerRequest>();
    const reply = http.getResponse<FastifyReply>();
    try {
      const ending = await settled(thrown, request);
      await this.events.note(ending instanceof ThrownResponse ? thrown : ending, request);
      this.answer(ending, request, reply);
    } catch (error) {
      // A rejected promise of a filter would end the process, so a failure here becomes an error response of this
      // request.
      void reply.send(error);
    }
  }

  private answer(thrown: unknown, request: FastifyRequest, reply: FastifyReply): void {
    if (thrown instanceof ThrownResponse) {
      if (thrown.replayed) void reply.header('idempotent-replayed', 'true');
      send(reply, thrown.body, thrown);
      return;
    }
    const rendered = this.renderer.render(thrown, request);
    send(reply, JSON.stringify(rendered.body), rendered);
  }
}

/** What the request ends with, when it is settled. */
async function settled(thrown: unknown, { settleFailure }: CallerRequest): Promise<unknown> {
  try {
    await settleFailure?.(thrown);
    return thrown;
  } catch (instead) {
    return instead;
  }
}

function send(
  reply: FastifyReply,
  text: string,
  { status, headers }: Pick<ThrownResponse, 'status' | 'headers'>,
): void {
  void reply
    .status(status)
    .headers(headers)
    .type(headers['content-type'] ?? JSON_TYPE)
    .send(text);
}
