import { Injectable } from '@nestjs/common';
import { jwtVerify, type JWTVerifyGetKey, SignJWT } from 'jose';
import { DataSource } from 'typeorm';
import { Clock } from '../shared/clock.js';
import { SIGNING_ALGORITHM, SigningKeys } from './signing-keys.service.js';

const TYPE = 'audit-head+jwt';

/** The last link of a platform's audit chain at a point in time. */
export interface AuditHead {
  platformId: string;
  position: string;
  /** Hexadecimal. */
  hash: string;
}

/** Verdict on a stored head: `not_signed` by this installation, or no longer in the chain. */
export type HeadProblem = 'not_signed' | 'link_missing' | 'link_altered';

export interface HeadVerdict {
  /** `null`: the head cannot be read. */
  head: AuditHead | null;
  problem: HeadProblem | null;
}

/**
 * Heads of the audit chains, signed with the key of the access tokens (JWS, ES256; the public keys are in the JWK Set).
 * A head stored outside the database proves later that no entry before it was rewritten or removed.
 */
@Injectable()
export class AuditHeads {
  constructor(
    private readonly dataSource: DataSource,
    private readonly clock: Clock,
    private readonly signingKeys: SigningKeys,
  ) {}

  /**
   * @param platformId `null`: every platform that has a chain
   * @returns one compact JWS per chain
   */
  async sign(platformId: string | null): Promise<string[]> {
    const heads = await this.dataSource.query<AuditHead[]>(
      `SELECT p.id AS "platformId", head.position, encode(head.hash, 'hex') AS hash FROM platforms p
        CROSS JOIN LATERAL (SELECT position, hash FROM audit_seals
          WHERE platform_id = p.id ORDER BY position DESC LIMIT 1) head
        WHERE $1::bigint IS NULL OR p.id = $1 ORDER BY p.id`,
      [platformId],
    );
    return Promise.all(heads.map((head) => this.signOne(head)));
  }

  /** Whether the chain still contains a stored head. */
  async verify(token: string): Promise<HeadVerdict> {
    const head = await this.read(token);
    if (head === null) return { head, problem: 'not_signed' };
    const [link] = await this.dataSource.query<{ hash: string }[]>(
      `SELECT encode(hash, 'hex') AS hash FROM audit_seals WHERE platform_id = $1 AND position = $2`,
      [head.platformId, head.position],
    );
    if (link === undefined) return { head, problem: 'link_missing' };
    return { head, problem: link.hash === head.hash ? null : 'link_altered' };
  }

  private async signOne({ platformId, position, hash }: AuditHead): Promise<string> {
    const { kid, privateKey } = await this.signingKeys.getSigner();
    return new SignJWT({ platformId, position, hash })
      .setProtectedHeader({ alg: SIGNING_ALGORITHM, typ: TYPE, kid })
      .setIssuedAt(this.clock.now())
      .sign(privateKey);
  }

  private async read(token: string): Promise<AuditHead | null> {
    try {
      const options = { algorithms: [SIGNING_ALGORITHM], typ: TYPE, currentDate: this.clock.now() };
      const getKey: JWTVerifyGetKey = ({ kid }) => this.signingKeys.getPublicKey(kid);
      const { payload } = await jwtVerify<AuditHead>(token, getKey, options);
      const { platformId, position, hash } = payload;
      return { platformId, position, hash };
    } catch {
      // Altered, of another kind, of another installation, or signed with a key that was removed: it proves nothing.
      return null;
    }
  }
}
