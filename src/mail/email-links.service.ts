import { createHmac, timingSafeEqual } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';
import { AppError } from '../shared/app-error.js';
import { fromBase64Url } from '../shared/base64url.js';
import { Clock } from '../shared/clock.js';
import { DIGEST_BYTES } from '../shared/pepper.js';
import { addressKey } from './address-key.js';

export type LinkPurpose = 'confirm' | 'unsubscribe';

/** The address of a recipient of a platform's e-mails. */
export interface LinkedAddress {
  platformId: string;
  /** As `addressKey`. */
  address: string;
}

/** What a token says: platform, address, and the time in milliseconds at which it expires, or `null`. */
type Claims = readonly [platformId: string, address: string, expiresAt: number | null];

const DAY_MS = 24 * 60 * 60_000;
/** `null`: an unsubscription must work from any e-mail that was ever received. */
const LIFETIMES_MS: Readonly<Record<LinkPurpose, number | null>> = { confirm: 7 * DAY_MS, unsubscribe: null };

/**
 * Links for recipients, which have no credentials. The token of a link is HMAC-SHA-256 and the claims that it
 * authenticates, so nothing is stored for it. The key is derived from the first pepper; any listed pepper verifies.
 */
@Injectable()
export class EmailLinks {
  private readonly keys: readonly Buffer[];
  private readonly base: string;

  constructor(
    { secretPeppers, publicUrl }: Environment,
    private readonly clock: Clock,
  ) {
    this.keys = secretPeppers.map((pepper) =>
      createHmac('sha256', pepper).update('vostro links in e-mails').digest(),
    );
    // Without it there is no mail server either (environment-problems.ts), so no link is sent.
    this.base = publicUrl ?? '';
  }

  urlOf(purpose: LinkPurpose, platformId: string, recipient: string): string {
    return `${this.base}/emails/${purpose}?token=${this.tokenOf(purpose, platformId, recipient)}`;
  }

  /**
   * The address that a token of this purpose is for.
   * @param token as received; anything
   * @throws AppError validation_failed when it is not such a token, or has expired
   */
  read(purpose: LinkPurpose, token: unknown): LinkedAddress {
    const claims = this.verified(purpose, token);
    if (claims === null) throw invalidToken();
    const [platformId, address, expiresAt] = claims;
    if (expiresAt !== null && expiresAt <= this.clock.now().getTime()) throw invalidToken();
    return { platformId, address };
  }

  private tokenOf(purpose: LinkPurpose, platformId: string, recipient: string): string {
    const lifetime = LIFETIMES_MS[purpose];
    const expiresAt = lifetime === null ? null : this.clock.now().getTime() + lifetime;
    const claims: Claims = [platformId, addressKey(recipient), expiresAt];
    const text = Buffer.from(JSON.stringify(claims));
    const [key = Buffer.alloc(0)] = this.keys;
    return Buffer.concat([macOf(key, purpose, text), text]).toString('base64url');
  }

  private verified(purpose: LinkPurpose, token: unknown): Claims | null {
    const bytes = typeof token === 'string' ? fromBase64Url(token) : null;
    if (bytes === null || bytes.length <= DIGEST_BYTES) return null;
    const [mac, text] = [bytes.subarray(0, DIGEST_BYTES), bytes.subarray(DIGEST_BYTES)];
    if (!this.keys.some((key) => timingSafeEqual(macOf(key, purpose, text), mac))) return null;
    return JSON.parse(text.toString()) as Claims;
  }
}

function macOf(key: Buffer, purpose: LinkPurpose, text: Buffer): Buffer {
  return createHmac('sha256', key).update(`${purpose} `).update(text).digest();
}

/** The token is not repeated in the response, which may be logged by a client. */
function invalidToken(): AppError {
  const message = 'is not valid, or has expired';
  return new AppError('validation_failed', {
    fields: [{ path: 'token', constraint: 'pattern', message, invalidValue: null }],
  });
}
