import { Injectable } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { Strategy } from 'passport-custom';
import { AccessTokensService } from '../access-tokens.service.js';
import type { Caller } from '../caller.js';
import { CredentialAuthenticator } from '../credential-authenticator.service.js';
import { authorizationToken, type HeaderCarrier, presentationOf } from '../headers.js';
import { SessionsService } from '../sessions.service.js';

export const BEARER = 'bearer';

/** An access token of this installation as `Authorization: Bearer` (RFC 6750). */
@Injectable()
export class BearerStrategy extends PassportStrategy(Strategy, BEARER) {
  constructor(
    private readonly accessTokens: AccessTokensService,
    private readonly sessions: SessionsService,
    private readonly credentials: CredentialAuthenticator,
  ) {
    super();
  }

  async validate(request: HeaderCarrier): Promise<Caller | null> {
    const token = authorizationToken(request, 'bearer');
    const claims = token === undefined ? null : await this.accessTokens.verify(token);
    const presentation = presentationOf(request);
    if (claims === null) {
      if (token !== undefined) presentation.refused({ reason: 'invalid_token' });
      return null;
    }
    const { aud, tid, sub, scope, issuedAt } = claims;
    if (aud === 'workspace') {
      const holder = await this.sessions.findCaller(tid, sub);
      if (holder === null) presentation.refused({ reason: 'ended_session' });
      return holder;
    }
    const caller = await this.credentials.findCaller({ platformId: tid, id: sub }, issuedAt, presentation);
    // The kind of a credential and the audience of its tokens have the same name.
    if (caller?.kind !== aud) return null;
    // A token can only narrow the scopes that its credential has now.
    const granted = scope.split(' ').filter((name) => caller.scopes.has(name));
    const scopes = new Set(granted);
    return { ...caller, scopes, isNarrowed: scopes.size < caller.scopes.size };
  }
}
