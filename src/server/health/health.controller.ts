import { Controller, Get } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { Draining } from '../draining.service.js';
import { SigningKeys } from '../../auth/signing-keys.service.js';
import { assertWritable, type ReadOnlyRow, SHOW_READ_ONLY } from '../../database/unusable-server.js';
import { VERSION } from '../../config/version.js';
import { sharedCall } from '../../concurrency/shared-call.js';
import { AppError } from '../../shared/app-error.js';

/** As long as a request waits for a connection. Load balancers wait a few seconds for the answer to a probe. */
const READY_WITHIN_MS = 3_000;

/** Probes for orchestrators and load balancers. */
@ApiExcludeController()
@Controller()
export class HealthController {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signingKeys: SigningKeys,
    private readonly draining: Draining,
  ) {}

  /** However many probes come, one connection of the pool serves them. */
  private readonly assertWriter = sharedCall(
    async () => {
      const [row] = await this.dataSource.query<[ReadOnlyRow]>(SHOW_READ_ONLY);
      assertWritable(row.transaction_read_only);
    },
    {
      ms: READY_WITHIN_MS,
      late: () => unavailable(`the database does not answer within ${READY_WITHIN_MS / 1_000} s`),
    },
  );

  /** Liveness: succeeds as long as the process responds. On a failure, restart it. */
  @Get('health/live')
  live(): { status: 'ok'; version: string } {
    return { status: 'ok', version: VERSION };
  }

  /**
   * Readiness: succeeds while the database takes writes, answers in time and the server is not draining. On a failure,
   * send no requests.
   */
  @Get('health/ready')
  async ready(): Promise<{ status: 'ok' }> {
    if (this.draining.isDraining) throw unavailable('the server is stopping');
    await this.assertWriter();
    return { status: 'ok' };
  }

  /** The keys that verify access tokens and audit heads (RFC 7517). */
  @Get('.well-known/jwks.json')
  keys(): ReturnType<SigningKeys['keySet']> {
    return this.signingKeys.keySet();
  }
}

function unavailable(reason: string): AppError {
  return new AppError('service_unavailable', {}, { cause: new Error(reason) });
}
