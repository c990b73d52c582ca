import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Draining } from '../draining.service.js';
import { SigningKeys } from '../../auth/signing-keys.service.js';
import { AppError } from '../../shared/app-error.js';

/** For those who run the server: whether the process lives, and whether it can work. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signingKeys: SigningKeys,
    private readonly draining: Draining,
  ) {}

  /** Answers as long as the process does. A failure means: restart it. */
  @Get('health/live')
  live(): { status: 'ok' } {
    return { status: 'ok' };
  }

  /** Answers while the database does, until the server is told to stop. A failure means: send no requests here for now. */
  @Get('health/ready')
  async ready(): Promise<{ status: 'ok' }> {
    if (this.draining.isDraining)
      throw new AppError('service_unavailable', {}, { cause: new Error('the server is stopping') });
    await this.dataSource.query('SELECT 1');
    return { status: 'ok' };
  }

  /** The keys that verify access tokens and audit heads (RFC 7517). */
  @Get('.well-known/jwks.json')
  keys(): ReturnType<SigningKeys['keySet']> {
    return this.signingKeys.keySet();
  }
}
