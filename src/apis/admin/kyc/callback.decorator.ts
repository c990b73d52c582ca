import { createParamDecorator, type ExecutionContext, Injectable, type PipeTransform } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { singleHeader } from '../../../auth/headers.js';
import {
  type AnswerForms,
  type GenuineMessage,
  KycCallbacks,
} from '../../../customers/kyc-callbacks.service.js';
import { validated } from '../../../http/body.js';
import { ErrorRenderer } from '../../../http/error-renderer.js';
import { readJsonObject } from '../../../http/raw-body.js';
import { toStoredResponse } from '../../../http/thrown-response.js';
import { AppError } from '../../../shared/app-error.js';
import { KycCallbackRequest, presentCase } from './kyc.dto.js';

/** Of a message's id. */
export const MESSAGE_ID_MAX = 200;

export interface CallbackCommand {
  message: GenuineMessage;
  body: KycCallbackRequest;
  answers: AnswerForms;
}

type CallbackRequest = FastifyRequest<{ Params: { provider: string } }>;

/** Checks the signature over the bytes, and only then reads them. */
@Injectable()
export class SignedCallbackPipe implements PipeTransform<CallbackRequest, CallbackCommand> {
  constructor(
    private readonly callbacks: KycCallbacks,
    private readonly renderer: ErrorRenderer,
  ) {}

  transform(request: CallbackRequest): CallbackCommand {
    const { provider } = request.params;
    const key = this.callbacks.assertGenuine({
      provider,
      id: singleHeader(request, 'webhook-id'),
      timestamp: singleHeader(request, 'webhook-timestamp'),
      signature: singleHeader(request, 'webhook-signature'),
      body: Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0),
    });
    assertShort(key.messageId);
    const body = validated(KycCallbackRequest, readJsonObject(request));
    return { message: { ...key, requestId: request.id }, body, answers: this.answersTo(request) };
  }

  private answersTo(request: CallbackRequest): AnswerForms {
    return {
      ofCase: (customer) => toStoredResponse(200, JSON.stringify(presentCase(customer))),
      ofRefusal: (error) => {
        const { status, headers, body } = this.renderer.present(error, request);
        return toStoredResponse(status, JSON.stringify(body), headers);
      },
    };
  }
}

/** @throws AppError validation_failed */
function assertShort(messageId: string): void {
  if (messageId.length <= MESSAGE_ID_MAX) return;
  const message = `must have at most ${MESSAGE_ID_MAX} characters`;
  const field = { path: 'Webhook-Id', constraint: 'too_long' as const, message, invalidValue: messageId };
  throw new AppError('validation_failed', { fields: [field] });
}

const RawRequest = createParamDecorator((_: unknown, context: ExecutionContext): CallbackRequest =>
  context.switchToHttp().getRequest<CallbackRequest>(),
);

/** A provider's message, known to be genuine. */
export const Callback = (): ParameterDecorator => RawRequest(SignedCallbackPipe);
