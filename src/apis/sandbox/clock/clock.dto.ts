import { ApiProperty } from '@nestjs/swagger';
import { Code, Time } from '../../../http/request-properties.js';
import type { ClockState } from '../../../sandbox/clock-control.service.js';

const DURATION = /^P[0-9DHMSTW.]{1,40}$/;

export class ClockResponse {
  @ApiProperty({
    description: 'Current time of the bank. The clock keeps ticking.',
    format: 'date-time',
    example: '2030-01-01T00:00:00.000Z',
  })
  now!: string;

  @ApiProperty({
    description: 'Offset from the real time, in milliseconds.',
    type: 'integer',
    example: 0,
  })
  offsetMs!: number;
}

export class PutClockRequest {
  @Time('required', {
    description: 'The new present (RFC 3339), in the years 2000 to 2099.',
    example: '2030-01-01T00:00:00Z',
  })
  now!: string;
}

export class AdvanceClockRequest {
  @Code({
    description:
      'By how much (ISO 8601): weeks, or days, hours, minutes and seconds. Years and months have no fixed length.',
    example: 'P1DT2H',
    pattern: DURATION,
    constraint: 'range',
    message: 'must be an ISO 8601 duration such as P1DT2H',
  })
  advance!: string;
}

export function presentClock({ now, offsetMs }: ClockState): ClockResponse {
  return { now: now.toISOString(), offsetMs };
}
