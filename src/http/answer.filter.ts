import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ErrorRenderer } from './error-renderer.js';
import { RecordedAnswer } from './recorded-answer.js';

const JSON_TYPE = 'application/json; charset=utf-8';

/** Every refusal of the server leaves through here, in the shape of the API that was called. */
@Catch()
export class AnswerFilter implements ExceptionFilter {
  constructor(private readonly renderer: ErrorRenderer) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const reply = http.getResponse<FastifyReply>();
    if (thrown instanceof RecordedAnswer) {
      if (thrown.replayed) void reply.header('idempotent-replayed', 'true');
      const { status, headers, body } = thrown;
      void reply
        .status(status)
        .headers(headers)
        .type(headers['content-type'] ?? JSON_TYPE)
        .send(body);
      return;
    }
    const { status, headers, body } = this.renderer.render(thrown, http.getRequest<FastifyRequest>());
    void reply
      .status(status)
      .headers(headers)
      .type(headers['content-type'] ?? JSON_TYPE)
      .send(JSON.stringify(body));
  }
}
