import { hash } from 'node:crypto';
import { Injectable, Logger } from '@nestjs/common';
import type { RateLimitName } from '../config/rate-limits.js';
import { RateLimiter } from '../rate-limits/rate-limiter.service.js';
import { EmailMetrics } from '../server/metrics/email-metrics.service.js';
import { toSystemId } from '../shared/object-id.js';
import { addressKey } from './address-key.js';

/** The daily rate limits of e-mails: per platform and recipient, and per platform. */
@Injectable()
export class EmailLimits {
  private readonly logger = new Logger(EmailLimits.name);

  constructor(
    private readonly limiter: RateLimiter,
    private readonly metrics: EmailMetrics,
  ) {}

  /**
   * Counts the e-mails against the limits, in their order. Those beyond a limit are counted in the metrics, and logged
   * once per call without their addresses.
   * @returns the e-mails within the limits
   */
  within<Addressed extends { recipient: string }>(
    platformId: string,
    emails: readonly Addressed[],
  ): Addressed[] {
    const suppressed = new Map<RateLimitName, number>();
    const allowed = emails.filter(({ recipient }) => {
      const exceeded = this.exceededBy(platformId, recipient);
      if (exceeded !== null) suppressed.set(exceeded, (suppressed.get(exceeded) ?? 0) + 1);
      return exceeded === null;
    });
    for (const [limit, count] of suppressed) this.metrics.suppressed(limit, count);
    if (suppressed.size > 0)
      this.logger.warn(
        `${emails.length - allowed.length} e-mails of ${toSystemId('plt', platformId)} suppressed: ` +
          [...suppressed.keys()].join(', '),
      );
    return allowed;
  }

  /** Counts one e-mail, unless a limit is used up. @returns that limit */
  private exceededBy(platformId: string, recipient: string): RateLimitName | null {
    if (this.limiter.stateOf('email-platform', platformId)?.isExceeded === true) return 'email-platform';
    // A digest, because the usage is stored under the key, which must be short and hold no address.
    const digest = hash('sha256', addressKey(recipient), 'base64url');
    const ofRecipient = this.limiter.consume('email-recipient', `${platformId} ${digest}`);
    if (ofRecipient?.isExceeded === true) return 'email-recipient';
    this.limiter.consume('email-platform', platformId);
    return null;
  }
}
