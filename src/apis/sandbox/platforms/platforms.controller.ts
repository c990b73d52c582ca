import { Controller, createParamDecorator, type ExecutionContext, HttpCode, Post } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { PlatformReset } from '../../../sandbox/platform-reset.service.js';
import { SandboxPlatforms } from '../../../sandbox/sandbox-platforms.service.js';
import { AppError } from '../../../shared/app-error.js';
import { parseSystemId, toSystemId } from '../../../shared/object-id.js';
import { SandboxOperation } from '../sandbox-operation.decorator.js';
import { presentPlatform, SandboxPlatformResponse, SandboxResetResponse } from './platform.dto.js';

/** Where the caller reached this server: also where it will reach the APIs. */
const CalledBase = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { protocol, host } = context.switchToHttp().getRequest<FastifyRequest>();
  return `${protocol}://${host}`;
});

/** The platform that the path names. The system tenant is not one. */
const PlatformId = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const { params } = context.switchToHttp().getRequest<FastifyRequest<{ Params: { platformId: string } }>>();
  const id = parseSystemId('plt', params.platformId);
  if (id === null || !/^\d+$/.test(id)) throw new AppError('object_not_found');
  return id;
});

@ApiTags('Platforms')
@Controller('sandbox/platforms')
export class SandboxPlatformsController {
  constructor(
    private readonly platforms: SandboxPlatforms,
    private readonly resets: PlatformReset,
  ) {}

  @Post()
  @SandboxOperation({
    operationId: 'makePlatform',
    summary: 'Make a platform',
    description:
      'A platform of its own, like the demo’s, with credentials for every API: for parallel test workers.',
    path: '/sandbox/platforms',
  })
  @ApiCreatedResponse({ type: SandboxPlatformResponse, description: 'The platform and its credentials.' })
  async create(@CalledBase() baseUrl: string): Promise<SandboxPlatformResponse> {
    return presentPlatform(await this.platforms.create(baseUrl));
  }

  @Post(':platformId/reset')
  @HttpCode(200)
  @SandboxOperation({
    operationId: 'resetPlatform',
    summary: 'Reset a platform',
    description:
      'Puts it back to how it was when the sandbox started, or when it was made: the same credentials work, its first ' +
      'customers are back under their ids, and everything else of it is gone. No other platform is touched, nor the ' +
      'clock. Requests under way end first; those that come meanwhile wait.',
    path: '/sandbox/platforms/plt_2/reset',
    refusals: ['object_not_found', 'name_taken'],
  })
  @ApiParam({
    name: 'platformId',
    description: 'The platform.',
    schema: { type: 'string', pattern: '^plt_[1-9][0-9]*$' },
    example: 'plt_2',
  })
  @ApiOkResponse({ type: SandboxResetResponse, description: 'It is done.' })
  async reset(@PlatformId() platformId: string): Promise<SandboxResetResponse> {
    return { platformId: toSystemId('plt', platformId), durationMs: await this.resets.reset(platformId) };
  }
}
