import { Controller, Delete, Get, HttpCode, Post, Put } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { ClockControl } from '../../../sandbox/clock-control.service.js';
import { SandboxBody } from '../body.decorator.js';
import { BODY_REFUSALS, SandboxOperation } from '../sandbox-operation.decorator.js';
import { AdvanceClockRequest, ClockResponse, presentClock, PutClockRequest } from './clock.dto.js';

const path = '/sandbox/clock';

@ApiTags('Clock')
@Controller('sandbox/clock')
export class SandboxClockController {
  constructor(private readonly clock: ClockControl) {}

  @Get()
  @SandboxOperation({
    operationId: 'getClock',
    summary: 'Get the clock',
    description: 'The current time of this bank.',
    path,
  })
  @ApiOkResponse({ type: ClockResponse, description: 'The clock.' })
  get(): ClockResponse {
    return presentClock(this.clock.state());
  }

  @Put()
  @SandboxOperation({
    operationId: 'setClock',
    summary: 'Set the clock',
    path,
    refusals: BODY_REFUSALS,
    description:
      'Forward or back. Before the response, due background work is done: expired holds and KYC decisions ' +
      'have ended.',
  })
  @ApiBody({ type: PutClockRequest })
  @ApiOkResponse({ type: ClockResponse, description: 'The clock.' })
  async set(@SandboxBody(PutClockRequest) { now }: PutClockRequest): Promise<ClockResponse> {
    return presentClock(await this.clock.moveTo(new Date(now)));
  }

  @Post()
  @HttpCode(200)
  @SandboxOperation({
    operationId: 'advanceClock',
    summary: 'Advance the clock',
    path,
    refusals: BODY_REFUSALS,
    description:
      'Moves the clock forward by a duration. Before the response, the background work that became due is done.',
  })
  @ApiBody({ type: AdvanceClockRequest })
  @ApiOkResponse({ type: ClockResponse, description: 'The clock.' })
  async advance(@SandboxBody(AdvanceClockRequest) { advance }: AdvanceClockRequest): Promise<ClockResponse> {
    return presentClock(await this.clock.advance(advance));
  }

  @Delete()
  @SandboxOperation({
    operationId: 'releaseClock',
    summary: 'Release the clock',
    description: 'Back to the real time.',
    path,
  })
  @ApiOkResponse({ type: ClockResponse, description: 'The clock.' })
  async release(): Promise<ClockResponse> {
    return presentClock(await this.clock.release());
  }
}
