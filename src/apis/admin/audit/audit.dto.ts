import { ApiProperty } from '@nestjs/swagger';
import type { AuditEntryView } from '../../../audit/audit-search.service.js';
import { CHAIN_PROBLEMS, type ChainVerdict } from '../../../audit/audit-verifier.service.js';
import { DryRunVerdict } from '../../../http/dry-run.guard.js';
import { toSystemId, toTenantId } from '../../../shared/object-id.js';
import {
  ResponseProperty,
  ResponseKind,
  NullableResponseProperty,
  ResponseTime,
  toTime,
} from '../properties.js';

const ANY_OBJECT = { type: 'object', nullable: true, additionalProperties: true };

/** One entry of the audit trail. */
export class AuditEntryResponse {
  @ResponseKind('audit_entry')
  object!: 'audit_entry';

  @ResponseProperty('Its id.', 'aud_1_17')
  id!: string;

  @ResponseTime('When it happened.')
  occurredAt!: string;

  @ResponseProperty('What happened.', 'account.frozen')
  action!: string;

  @ResponseProperty('Whether it was done or refused.', 'done', { enum: ['done', 'refused'] })
  outcome!: string;

  @ResponseProperty('Kind of the actor.', 'admin', {
    enum: ['admin', 'customer', 'workspace', 'platform', 'provider', 'system'],
  })
  actorKind!: string;

  @ResponseProperty('The actor: an admin, a credential, a session, a provider, or `system`.', 'adm_0_1')
  actor!: string;

  @ResponseProperty('Name of the actor at that time.', 'Demo admin')
  actorName!: string;

  @ResponseProperty('Kind of what it happened to.', 'account')
  objectType!: string;

  @ResponseProperty('What it happened to.', 'acc_1_1')
  objectId!: string;

  @NullableResponseProperty('Why.', 'court order 12/2026')
  reason!: string | null;

  @NullableResponseProperty(
    'The request that did it, as in X-Request-Id.',
    '0b0ff7f0-3c5c-4d0e-9d5e-4f1a7c2b9a10',
  )
  requestId!: string | null;

  @ResponseProperty('What it changed, as it was.', { status: 'active' }, ANY_OBJECT as object)
  before!: Record<string, unknown> | null;

  @ResponseProperty('What it changed, as it became.', { status: 'frozen' }, ANY_OBJECT as object)
  after!: Record<string, unknown> | null;

  @ApiProperty({
    description: 'What each rule said, where rules decided.',
    type: [DryRunVerdict],
    nullable: true,
  })
  verdicts!: DryRunVerdict[] | null;

  @NullableResponseProperty('Its place in the platform’s chain; null for a second or so.', '17')
  position!: string | null;

  @NullableResponseProperty('Its link in the chain: SHA-256, in hexadecimal.', null)
  hash!: string | null;
}

export class BrokenLinkResponse {
  @NullableResponseProperty('Place in the chain; null for an entry that has none.', '12')
  position!: string | null;

  @NullableResponseProperty('The entry.', 'aud_1_12')
  entry!: string | null;

  @ResponseProperty('What is wrong.', 'entry_altered', {
    enum: [...CHAIN_PROBLEMS],
  })
  problem!: string;
}

export class ChainResponse {
  @ResponseProperty('Whose chain.', 'plt_1')
  platform!: string;

  @ResponseProperty('Whether every link holds.', true)
  intact!: boolean;

  @ResponseProperty('Links recomputed, up to the first broken one.', 17, { type: 'integer' })
  verified!: number;

  @ResponseProperty('Entries that wait for their place.', 0, { type: 'integer' })
  waiting!: number;

  @ResponseProperty(
    'The last good link. Kept elsewhere, it also proves that nothing was cut off the end.',
    'e3b0c442…',
  )
  head!: string;

  @ApiProperty({
    description: 'Null when every link holds.',
    type: BrokenLinkResponse,
    nullable: true,
    example: null,
  })
  firstBroken!: BrokenLinkResponse | null;
}

export class VerificationResponse {
  @ResponseProperty('Whether every chain holds.', true)
  intact!: boolean;

  @ApiProperty({ description: 'One per platform, the system tenant first.', type: [ChainResponse] })
  chains!: ChainResponse[];
}

export function presentEntry(entry: AuditEntryView): AuditEntryResponse {
  const { platformId, id, action, outcome, actorKind, actorId, actorName, objectType, objectId } = entry;
  const { reason, requestId, before, after, verdicts, position, hash } = entry;
  return {
    object: 'audit_entry',
    id: toTenantId('aud', platformId, id),
    occurredAt: toTime(entry.occurredAt),
    action,
    outcome,
    actorKind,
    actor: actorId,
    actorName,
    objectType,
    objectId,
    reason,
    requestId,
    before,
    after,
    verdicts,
    position,
    hash: hash === null ? null : hash.toString('hex'),
  };
}

export function presentVerification(chains: readonly ChainVerdict[]): VerificationResponse {
  return {
    intact: chains.every(({ firstBroken }) => firstBroken === null),
    chains: chains.map(({ platformId, verified, waiting, head, firstBroken }) => ({
      platform: toSystemId('plt', platformId),
      intact: firstBroken === null,
      verified,
      waiting,
      head,
      firstBroken:
        firstBroken === null
          ? null
          : {
              position: firstBroken.position,
              entry: firstBroken.entryId === null ? null : toTenantId('aud', platformId, firstBroken.entryId),
              problem: firstBroken.problem,
            },
    })),
  };
}
