import { createParamDecorator, type ExecutionContext, type Type } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { validated } from '../../http/body.js';
import { readJsonObject } from '../../http/raw-body.js';

/** The body, as `shape` says it must be. There is no caller to read it for: the guard has let a token in. */
export const SandboxBody = createParamDecorator((shape: Type<object>, context: ExecutionContext): object =>
  validated(shape, readJsonObject(context.switchToHttp().getRequest<FastifyRequest>())),
);
