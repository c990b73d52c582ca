import { Injectable } from '@nestjs/common';
import { UnitOfWork } from '../database/unit-of-work.js';
import { type Claim, IdempotencyService } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { ACCESS_TOKEN_SECONDS, AccessTokensService } from './access-tokens.service.js';
import { ADMIN_SCOPES, type Caller, requireCredentialId, SCOPES } from './caller.js';

/** Every scope that a token may have. */
const KNOWN_SCOPES: ReadonlySet<string> = new Set([...SCOPES, ...ADMIN_SCOPES]);

export interface IssuedAccessToken {
  accessToken: string;
  expiresInSeconds: number;
  /** Space-separated. */
  scope: string;
}

export interface AccessTokenRequest {
  caller: Caller;
  /** Space-separated; empty or `undefined`: every scope of the credential. */
  scope: string | undefined;
  claim: Claim<IssuedAccessToken> | null;
}

/** The client credentials grant (RFC 6749 §4.4): exchanges a credential for a short-lived access token. */
@Injectable()
export class ClientCredentialsService {
  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly idempotency: IdempotencyService,
    private readonly unitOfWork: UnitOfWork,
    private readonly clock: Clock,
  ) {}

  /**
   * Grants those of the requested scopes that the credential has (RFC 6749 §3.3).
   * @throws AppError scope_invalid when one of them is unknown, or the credential has none of them
   * @throws ClaimLost when a concurrent request with the same idempotency key won
   */
  async issue({ caller, scope, claim }: AccessTokenRequest): Promise<IssuedAccessToken> {
    const granted = grantedScope(scope, caller.scopes);
    const lifetimeSeconds = this.lifetimeOf(caller);
    const accessToken = await this.accessTokens.issue({
      aud: caller.kind === 'admin' ? 'admin' : 'platform',
      tid: caller.platformId,
      sub: requireCredentialId(caller),
      scope: granted,
      lifetimeSeconds,
    });
    const issued = { accessToken, expiresInSeconds: lifetimeSeconds, scope: granted };
    // The token itself leaves no row, so only an idempotency key needs the database.
    if (claim !== null) {
      await this.unitOfWork.run((tx) => this.idempotency.claim(tx, claim, claim.storedResponseOf(issued)));
    }
    return issued;
  }

  /** A token expires no later than its credential. Whole seconds, rounded down. */
  private lifetimeOf({ expiresAt }: Caller): number {
    if (expiresAt === null) return ACCESS_TOKEN_SECONDS;
    const leftSeconds = Math.floor((expiresAt.getTime() - this.clock.now().getTime()) / 1_000);
    return Math.min(ACCESS_TOKEN_SECONDS, Math.max(leftSeconds, 0));
  }
}

/** What clients of this contract send for everything that their credential allows. */
const EVERY_SCOPE = 'raas.all';

function grantedScope(asked: string | undefined, own: ReadonlySet<string>): string {
  // A parameter without a value counts as omitted (RFC 6749 §3.1).
  if (asked === undefined || asked === '') return [...own].join(' ');
  const names = new Set(asked.split(' ').filter(Boolean));
  if (names.has(EVERY_SCOPE)) return [...own].join(' ');
  const granted = [...names].filter((name) => own.has(name));
  const isKnown = [...names].every((name) => KNOWN_SCOPES.has(name));
  if (!isKnown || granted.length === 0) throw new AppError('scope_invalid');
  return granted.join(' ');
}
