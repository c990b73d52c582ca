import { applyDecorators, type ExecutionContext, Header, SetMetadata } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';

/** Marks a handler, and its operation while the document is made; then the document itself names the header. */
export const CONSTANT_HEADER_MARK = 'x-constant-header';

/** A header that says the same in every answer, and why it is there. */
export interface ConstantHeader {
  name: string;
  value: string;
  description: string;
}

function constantHeader(header: ConstantHeader): MethodDecorator {
  return applyDecorators(
    Header(header.name, header.value),
    SetMetadata(CONSTANT_HEADER_MARK, header),
    ApiExtension(CONSTANT_HEADER_MARK, header),
  );
}

/** For a guard that may answer itself: the framework sets these headers behind the guards only. */
export function setConstantHeader(context: ExecutionContext): void {
  const header = Reflect.getMetadata(CONSTANT_HEADER_MARK, context.getHandler()) as
    ConstantHeader | undefined;
  if (header !== undefined)
    void context.switchToHttp().getResponse<FastifyReply>().header(header.name, header.value);
}

/** The answer has several forms, of which `Accept` chooses. */
export const VaryByAccept = (): MethodDecorator =>
  constantHeader({
    name: 'Vary',
    value: 'Accept',
    description: 'The form of the answer depends on what the request accepts.',
  });
