import { Injectable } from '@nestjs/common';
import { AuditSealer } from '../audit/audit-sealer.service.js';
import { KycExpiry } from '../customers/kyc-expiry.service.js';
import { HoldExpiry } from '../payments/hold-expiry.service.js';
import { AppError } from '../shared/app-error.js';
import { parseDuration } from './iso-duration.js';
import { SandboxClock } from './sandbox-clock.js';

/** Range of the clock, with room on both sides for every time that the bank derives. */
export const CLOCK_RANGE = { from: new Date('2000-01-01T00:00:00Z'), to: new Date('2100-01-01T00:00:00Z') };
/**
 * Each round processes some hundreds of due objects. After this many rounds, the rest is left to the background jobs.
 */
const MAX_ROUNDS = 200;

export interface ClockState {
  now: Date;
  /** Offset from the real time; negative when the clock is behind it. */
  offsetMs: number;
}

/** Moves the sandbox's clock. When a call returns, the background work that became due is done. */
@Injectable()
export class ClockControl {
  constructor(
    private readonly clock: SandboxClock,
    private readonly sealer: AuditSealer,
    private readonly kycExpiry: KycExpiry,
    private readonly holdExpiry: HoldExpiry,
  ) {}

  state(): ClockState {
    return { now: this.clock.now(), offsetMs: this.clock.offsetMs };
  }

  /** @throws AppError validation_failed when it is out of range */
  async moveTo(moment: Date): Promise<ClockState> {
    assertInRange(moment, 'now');
    return this.move(() => {
      this.clock.moveTo(moment);
    });
  }

  /**
   * @param duration ISO 8601.
   * @throws AppError validation_failed when it is malformed, or leads out of range
   */
  async advance(duration: string): Promise<ClockState> {
    const byMs = parseDuration(duration);
    if (byMs === null) throw invalid('advance', 'must be an ISO 8601 duration such as P1DT2H', duration);
    assertInRange(new Date(this.clock.now().getTime() + byMs), 'advance');
    return this.move(() => {
      this.clock.moveBy(byMs);
    });
  }

  async release(): Promise<ClockState> {
    return this.move(() => {
      this.clock.release();
    });
  }

  private async move(change: () => void): Promise<ClockState> {
    // Audit entries that wait to be sealed would be reported as forgotten once the clock is far ahead of them.
    await this.sealer.sealAll();
    change();
    await untilNothingIsDue(() => this.kycExpiry.expireDue());
    await untilNothingIsDue(() => this.holdExpiry.expireDue());
    return this.state();
  }
}

async function untilNothingIsDue(note: () => Promise<number>): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) if ((await note()) === 0) return;
}

function assertInRange(moment: Date, path: string): void {
  const { from, to } = CLOCK_RANGE;
  if (moment >= from && moment < to) return;
  throw invalid(path, 'must lead to a time of the years 2000 to 2099', moment.toISOString());
}

function invalid(path: string, message: string, invalidValue: string): AppError {
  return new AppError('validation_failed', {
    fields: [{ path, constraint: 'range', message, invalidValue }],
  });
}
