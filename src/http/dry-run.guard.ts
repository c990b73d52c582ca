import {
  applyDecorators,
  type CanActivate,
  type ExecutionContext,
  Injectable,
  mixin,
  type PipeTransform,
  type Type,
  UseGuards,
} from '@nestjs/common';
import { ModuleRef } from '@nestjs/core';
import { ApiProperty, ApiQuery } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { CallerRequest } from '../auth/caller.js';
import { AppError } from '../shared/app-error.js';
import type { Verdict } from '../shared/verdict.js';
import type { CallContext } from './call.decorator.js';
import { ThrownResponse } from './thrown-response.js';

const PARAMETER = 'dryRun';

export class DryRunVerdict {
  @ApiProperty({ description: 'The rule, by its stable name.', example: 'kyc.approved' })
  rule!: string;

  @ApiProperty({
    description: 'Counted up when the rule begins to decide differently.',
    type: 'integer',
    example: 1,
  })
  version!: number;

  @ApiProperty({ description: 'Whether it holds.', example: true })
  passed!: boolean;

  @ApiProperty({
    description: 'What is the case, for people.',
    example: 'The customer’s identity check (KYC) is approved.',
  })
  reason!: string;

  @ApiProperty({ description: 'What would make it hold.', type: String, nullable: true, example: null })
  remedy!: string | null;
}

/** What would happen, with `dryRun=true`. Nothing was written. */
export class DryRunResponse {
  @ApiProperty({ description: 'Always.', example: true })
  dryRun!: true;

  @ApiProperty({ description: 'Whether the account would be opened now.', example: true })
  wouldOpen!: boolean;

  @ApiProperty({ description: 'Every rule, in the order in which they refuse.', type: [DryRunVerdict] })
  rules!: DryRunVerdict[];
}

interface DryRunService<Command> {
  run(command: Command): Promise<{ wouldOpen: boolean; verdicts: Verdict[] }>;
}

/** Whether `dryRun` is set. @throws AppError validation_failed for any value but true or false */
export function isDryRun({ query }: FastifyRequest): boolean {
  const value = (query as Record<string, unknown>)[PARAMETER];
  if (value === undefined || value === 'false') return false;
  if (value === 'true') return true;
  const violation = { path: PARAMETER, constraint: 'range' as const, message: 'must be true or false' };
  throw new AppError('validation_failed', { fields: [{ ...violation, invalidValue: value }] });
}

/**
 * `?dryRun=true` on a call that opens: the body is read as ever, then every rule is asked and nothing is written.
 * @param pipe the call's own first pipe, which reads the body
 */
export function DryRun<Command>(
  pipe: Type<PipeTransform<CallContext, Command | Promise<Command>>>,
  service: Type<DryRunService<Command>>,
): MethodDecorator {
  @Injectable()
  class DryRunGuard implements CanActivate {
    constructor(private readonly modules: ModuleRef) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      const request = context.switchToHttp().getRequest<FastifyRequest & CallerRequest>();
      if (!isDryRun(request)) return true;
      if (request.user === undefined) throw new AppError('credentials_required');
      const reader = await this.modules.create(pipe);
      const command = await reader.transform({ caller: request.user, request }, { type: 'custom' });
      const { wouldOpen, verdicts } = await this.modules.get(service, { strict: false }).run(command);
      const answer: DryRunResponse = { dryRun: true, wouldOpen, rules: verdicts };
      throw new ThrownResponse(200, JSON.stringify(answer), {}, false);
    }
  }
  return applyDecorators(
    UseGuards(mixin(DryRunGuard)),
    ApiQuery({
      name: PARAMETER,
      required: false,
      description: 'Ask every rule and write nothing: the answer is 200 with what each rule says.',
      schema: { type: 'boolean', default: false },
    }),
  );
}
