import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager, MoreThanOrEqual } from 'typeorm';
import { Environment } from '../config/env.js';
import { ChangeFeed } from '../database/change-feed.service.js';
import { BatchedLookup, defineLookup } from '../database/batched-lookup.js';
import { KeyedCache } from '../database/keyed-cache.js';
import { PLATFORM_ID } from '../database/row-columns.js';
import { endSession } from '../database/session-ending.js';
import { UnitOfWork } from '../database/unit-of-work.js';
import { RefreshToken } from '../entities/refresh-token.entity.js';
import type { CustomerStatus } from '../entities/customer.entity.js';
import { Session } from '../entities/session.entity.js';
import type { Workspace } from '../entities/workspace.entity.js';
import { type Claim, ClaimLost, IdempotencyService } from '../idempotency/idempotency.service.js';
import { AppError } from '../shared/app-error.js';
import { Clock } from '../shared/clock.js';
import { randomToken } from '../shared/ids.js';
import { toTenantId } from '../shared/object-id.js';
import { AccessTokensService } from './access-tokens.service.js';
import { type Caller, type Suspension, suspensionOf } from './caller.js';
import { parseOpaqueToken, toOpaqueToken } from './opaque-token.js';
import { SecretHasher } from './secret-hasher.js';

const REFRESH_PREFIX = 'vrt';
const REFRESH_SECRET_BYTES = 32;
const REFRESH_LIFETIME_MS = 14 * 24 * 60 * 60 * 1000;
const REPLAY_MS = 60 * 1000;
const WORKSPACE_SCOPE = 'accounts:read accounts:write';
const WORKSPACE_SCOPES: ReadonlySet<string> = new Set(WORKSPACE_SCOPE.split(' '));

export interface IssuedRefreshToken {
  id: string;
  /** The complete token, shown once; only a hash of its secret part is stored. */
  value: string;
  createdAt: Date;
  expiresAt: Date;
}

export interface SessionTokens {
  accessToken: string;
  refreshToken: IssuedRefreshToken;
}

/** A session with its first refresh token. */
export interface BegunSession {
  sessionId: string;
  refreshToken: IssuedRefreshToken;
}

/** A refresh token that is genuine, though possibly used before. */
export interface PresentedToken {
  platformId: string;
  sessionId: string;
  tokenId: string;
}

type WorkspaceName = Pick<Workspace, 'platformId' | 'id'>;
type KnownWorkspace = Pick<Workspace, 'id' | 'customerId'> & { customerStatus: CustomerStatus };

const WORKSPACE_BY_ID = defineLookup<WorkspaceName>({
  name: 'find-workspace-by-id',
  keys: [PLATFORM_ID, { name: 'id', type: 'bigint', of: ({ id }) => id }],
  select: 'w.id, w.customer_id AS "customerId", customer.status AS "customerStatus"',
  from: `CROSS JOIN LATERAL (SELECT * FROM workspaces
    WHERE platform_id = wanted.platform_id AND id = wanted.id LIMIT 1) w
    JOIN customers customer ON customer.platform_id = w.platform_id AND customer.id = w.customer_id`,
});

/** Sessions of the workspace API: access tokens, and refresh tokens that rotate with every use. */
@Injectable()
export class SessionsService {
  private readonly sessions: KeyedCache<Session>;
  private readonly workspaces: KeyedCache<KnownWorkspace>;
  private readonly workspacesById: BatchedLookup<WorkspaceName, KnownWorkspace>;

  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly feed: ChangeFeed,
    private readonly env: Environment,
    private readonly accessTokens: AccessTokensService,
    private readonly hasher: SecretHasher,
    private readonly idempotency: IdempotencyService,
    private readonly clock: Clock,
  ) {
    this.sessions = new KeyedCache(feed, 'sessions');
    this.workspaces = new KeyedCache(feed, 'sessions');
    this.workspacesById = new BatchedLookup(dataSource, WORKSPACE_BY_ID);
  }

  /** Begins a session. `workspaceId` null: the session may act in every workspace of the platform. */
  async begin(tx: EntityManager, platformId: string, workspaceId: string | null): Promise<BegunSession> {
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('sessions_id_seq') AS id`);
    const session = { platformId, id, workspaceId, revokedAt: null, createdAt: this.clock.now() };
    await tx.insert(Session, session);
    return { sessionId: id, refreshToken: await this.issueRefreshToken(tx, session) };
  }

  issueAccessToken(platformId: string, sessionId: string): Promise<string> {
    return this.accessTokens.issue({
      aud: 'workspace',
      tid: platformId,
      sub: sessionId,
      scope: WORKSPACE_SCOPE,
    });
  }

  /** The caller behind an access token of this session, while the session is in force. */
  async findCaller(platformId: string, sessionId: string): Promise<Caller | null> {
    const session = await this.sessions.get(`${platformId} ${sessionId}`, () =>
      this.dataSource.manager.findOne(Session, {
        where: { platformId, id: sessionId },
        relations: { platform: true, workspace: { customer: true } },
      }),
    );
    if (session === null || session.revokedAt !== null) return null;
    const expiresAt = this.endOf(session);
    if (expiresAt <= this.clock.now()) return null;
    return {
      kind: 'workspace',
      platformId,
      customerId: null,
      workspaceId: session.workspaceId,
      id: `session:${sessionId}`,
      actorId: toTenantId('ses', platformId, sessionId),
      name: 'session',
      allowedCurrencies: null,
      scopes: WORKSPACE_SCOPES,
      suspension: suspensionOfSession(session),
      rateLimit: null,
      expiresAt,
      isNarrowed: false,
    };
  }

  async findWorkspace(platformId: string, workspaceId: string): Promise<KnownWorkspace | null> {
    return this.workspaces.get(`${platformId} ${workspaceId}`, () =>
      this.workspacesById.find({ platformId, id: workspaceId }),
    );
  }

  /**
   * The session of a refresh token; `null` unless the token is genuine and unexpired and its session in force. The
   * token may have been used already.
   */
  async inspect(value: string): Promise<PresentedToken | null> {
    const parsed = parseOpaqueToken(REFRESH_PREFIX, value);
    const [, tokenId, secret] = /^([1-9]\d{0,17})-(.+)$/.exec(parsed?.rest ?? '') ?? [];
    if (parsed === null || tokenId === undefined || secret === undefined) return null;
    const { platformId } = parsed;
    const token = await this.dataSource.manager.findOne(RefreshToken, {
      where: { platformId, id: tokenId },
      relations: { session: { platform: true, workspace: { customer: true } } },
    });
    if (!this.hasher.matches(secret, token?.secretHash ?? null) || token === null) return null;
    if (token.expiresAt <= this.clock.now() || token.session.revokedAt !== null) return null;
    if (suspensionOfSession(token.session) !== null) return null;
    if (this.endOf(token.session) <= this.clock.now()) return null;
    return { platformId, sessionId: token.sessionId, tokenId };
  }

  /**
   * Uses up a refresh token and issues the next pair. A token that was used before revokes its whole session with all
   * its tokens: one of the two users must have stolen it.
   * @throws AppError credentials_invalid
   * @throws ClaimLost when a concurrent request with the same idempotency key won
   */
  async rotate(presented: PresentedToken, claim: Claim<SessionTokens> | null): Promise<SessionTokens> {
    const { platformId, sessionId, tokenId } = presented;
    const accessToken = await this.issueAccessToken(platformId, sessionId);
    const tokens = await this.unitOfWork.run(async (tx) => {
      const session = await tx.findOne(Session, {
        where: { platformId, id: sessionId },
        lock: { mode: 'pessimistic_write' },
      });
      if (session === null || session.revokedAt !== null) throw new AppError('credentials_invalid');
      const token = await tx.findOneByOrFail(RefreshToken, { platformId, id: tokenId });
      if (token.usedAt !== null) {
        // A retry under the same idempotency key: it gets the stored response while that may be replayed.
        const isRetry = claim !== null && (await this.idempotency.findMany([claim], tx))[0] !== null;
        if (isRetry && (await this.mayReplay(presented, tx))) throw new ClaimLost();
        await endSession(tx, this.feed, { platformId, id: sessionId }, this.clock.now());
        return null;
      }
      await tx.update(RefreshToken, { platformId, id: tokenId }, { usedAt: this.clock.now() });
      const issued = { accessToken, refreshToken: await this.issueRefreshToken(tx, session) };
      if (claim !== null) await this.idempotency.claim(tx, claim, claim.storedResponseOf(issued));
      return issued;
    });
    if (tokens === null) throw new AppError('credentials_invalid');
    return tokens;
  }

  /**
   * Whether the response to the use of this token may be replayed under its idempotency key: for a minute, and never
   * after the next rotation. A longer replay would disclose the new token to a finder of the old request.
   */
  async mayReplay(
    { platformId, sessionId, tokenId }: PresentedToken,
    on: EntityManager = this.dataSource.manager,
  ): Promise<boolean> {
    const [used, next, ...later] = await on.find(RefreshToken, {
      where: { platformId, sessionId, id: MoreThanOrEqual(tokenId) },
      order: { id: 'ASC' },
    });
    if (!used || used.usedAt === null || !next || next.usedAt !== null || later.length > 0) return false;
    return this.clock.now().getTime() - used.usedAt.getTime() <= REPLAY_MS;
  }

  /** When a session ends, however often it is refreshed. */
  private endOf({ createdAt }: Pick<Session, 'createdAt'>): Date {
    return new Date(createdAt.getTime() + this.env.sessionLifetimeMs);
  }

  private async issueRefreshToken(
    tx: EntityManager,
    session: Pick<Session, 'platformId' | 'id' | 'createdAt'>,
  ): Promise<IssuedRefreshToken> {
    const { platformId, id: sessionId } = session;
    const [{ id }] = await tx.query<[{ id: string }]>(`SELECT nextval('refresh_tokens_id_seq') AS id`);
    const secret = randomToken(REFRESH_SECRET_BYTES);
    const createdAt = this.clock.now();
    const ends = Math.min(createdAt.getTime() + REFRESH_LIFETIME_MS, this.endOf(session).getTime());
    const expiresAt = new Date(ends);
    const secretHash = this.hasher.hash(secret);
    await tx.insert(RefreshToken, {
      platformId,
      id,
      sessionId,
      secretHash,
      createdAt,
      expiresAt,
      usedAt: null,
    });
    return { id, value: toOpaqueToken(REFRESH_PREFIX, platformId, `${id}-${secret}`), createdAt, expiresAt };
  }
}

/** Status of the session's holder; a session for all workspaces depends on its platform only. */
function suspensionOfSession({ platform, workspace }: Session): Suspension | null {
  const customerStatus = workspace?.customer.status ?? null;
  return suspensionOf({ platformStatus: platform.status, customerStatus });
}
