/** Encrypted columns of a table: the purpose of their box, and the key that identifies a row. */
export interface SealedColumn {
  /** HKDF info of the box (shared/sealed-box.ts). */
  purpose: string;
  table: string;
  columns: readonly string[];
  /** The primary key. Each text is bound to its values as associated data. */
  key: readonly { name: string; type: 'bigint' | 'text' | 'smallint' }[];
}

const PLATFORM = { name: 'platform_id', type: 'bigint' } as const;
const ID = { name: 'id', type: 'bigint' } as const;

/** Every encrypted column: `vostro secrets reseal` encrypts them again after a rotation of SECRET_PEPPER. */
export const SEALED = {
  auditKey: {
    purpose: 'vostro audit chain key',
    table: 'audit_keys',
    columns: ['sealed'],
    key: [{ name: 'id', type: 'smallint' }],
  },
  webhookSecret: {
    purpose: 'vostro webhook secrets',
    table: 'webhook_endpoints',
    columns: ['secret', 'previous_secret'],
    key: [PLATFORM, ID],
  },
  approvalSecret: {
    purpose: 'vostro approval secrets',
    table: 'approval_requests',
    columns: ['sealed_secret'],
    key: [PLATFORM, ID],
  },
  kycAnswer: {
    purpose: 'vostro kyc callback answers',
    table: 'kyc_callbacks',
    columns: ['answer'],
    key: [
      { name: 'provider', type: 'text' },
      { name: 'message_id', type: 'text' },
    ],
  },
  receipt: {
    purpose: 'vostro idempotency receipts',
    table: 'idempotency_records',
    columns: ['receipt'],
    key: [PLATFORM, { name: 'scope', type: 'text' }, { name: 'key', type: 'text' }],
  },
} as const satisfies Record<string, SealedColumn>;
