import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Clock } from '../shared/clock.js';
import { DIGEST_BYTES, TAG_BYTES } from '../shared/pepper.js';
import { SecretHasher } from './secret-hasher.js';

/** How many secrets in force would be refused if the older peppers were removed. */
export interface FormerSecrets {
  /** Keys. A key is rehashed under the newest pepper when it is used or rotated. */
  keys: number;
  /** Refresh tokens. Each use replaces the token by one hashed under the newest pepper. */
  refreshTokens: number;
}

const isFormer = (column: string): string =>
  `(octet_length(${column}) <> ${TAG_BYTES + DIGEST_BYTES} OR substring(${column} FROM 1 FOR ${TAG_BYTES}) <> $2)`;

/** $1: now, $2: the tag of the newest pepper. */
const KEYS_SQL = `SELECT count(*)::int AS count FROM credentials
  WHERE revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $1)
    AND (${isFormer('secret_hash')} OR previous_secret_expires_at > $1 AND ${isFormer('previous_secret_hash')})`;
const REFRESH_TOKENS_SQL = `SELECT count(*)::int AS count FROM refresh_tokens t
  JOIN sessions s ON s.platform_id = t.platform_id AND s.id = t.session_id
  WHERE t.used_at IS NULL AND t.expires_at > $1 AND s.revoked_at IS NULL AND ${isFormer('t.secret_hash')}`;

@Injectable()
export class FormerSecretsService {
  constructor(
    private readonly dataSource: DataSource,
    private readonly hasher: SecretHasher,
    private readonly clock: Clock,
  ) {}

  async count(): Promise<FormerSecrets> {
    // With one pepper listed there is nothing to wait for: secrets under another pepper are refused already.
    if (this.hasher.newestTag === null) return { keys: 0, refreshTokens: 0 };
    const [keys, refreshTokens] = await Promise.all(
      [KEYS_SQL, REFRESH_TOKENS_SQL].map((sql) => this.countBy(sql)),
    );
    return { keys: keys ?? 0, refreshTokens: refreshTokens ?? 0 };
  }

  private async countBy(sql: string): Promise<number> {
    const parameters = [this.clock.now(), this.hasher.newestTag];
    const [row] = await this.dataSource.query<[{ count: number }]>(sql, parameters);
    return row.count;
  }
}
