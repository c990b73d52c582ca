import { applyDecorators, Header } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';

/** Marks an operation while its document is made; then the document itself names the header. */
export const CONSTANT_HEADER_MARK = 'x-constant-header';

/** A header that says the same in every answer, and why it is there. */
export interface ConstantHeader {
  name: string;
  value: string;
  description: string;
}

function constantHeader(header: ConstantHeader): MethodDecorator {
  return applyDecorators(Header(header.name, header.value), ApiExtension(CONSTANT_HEADER_MARK, header));
}

/** The answer holds a secret that is shown once: nothing between here and the caller shall keep it. */
export const NoStore = (): MethodDecorator =>
  constantHeader({
    ...{ name: 'Cache-Control', value: 'no-store' },
    description: 'The answer holds a secret; nothing on its way may keep it.',
  });

/** The answer has several forms, of which `Accept` chooses. */
export const VaryByAccept = (): MethodDecorator =>
  constantHeader({
    ...{ name: 'Vary', value: 'Accept' },
    description: 'The form of the answer depends on what the request accepts.',
  });
