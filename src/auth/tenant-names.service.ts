import { Injectable } from '@nestjs/common';
import { Environment } from '../config/env.js';
import { fromBase64Url } from '../shared/base64url.js';
import { SealedBox } from '../shared/sealed-box.js';
import { SealedId } from '../shared/sealed-id.js';

const TRANSACTION_PREFIX = 'trf_';

/** A list of one tenant; a cursor leads on in its own list alone. */
export interface TenantList {
  platformId: string;
  /** Which list it is, and of what. */
  name: readonly string[];
}

/**
 * What a tenant's API shows in place of row ids: their sequences count the rows of all tenants. Keys are derived from the
 * pepper alone, so every process reads what another wrote.
 */
@Injectable()
export class TenantNames {
  private readonly cursors: SealedBox;
  private readonly transactions: SealedId;

  constructor({ secretPepper }: Environment) {
    this.cursors = new SealedBox(secretPepper, 'vostro list cursors');
    this.transactions = new SealedId(secretPepper, 'vostro transaction ids');
  }

  toCursor({ platformId, name }: TenantList, position: string): string {
    return this.cursors.seal(position, [platformId, ...name]).toString('base64url');
  }

  /** The position, or `null` when it is no cursor of this list. */
  readCursor({ platformId, name }: TenantList, cursor: string): string | null {
    const sealed = fromBase64Url(cursor);
    if (sealed === null) return null;
    try {
      return this.cursors.open(sealed, [platformId, ...name]);
    } catch {
      return null;
    }
  }

  toTransactionId(platformId: string, id: string): string {
    return TRANSACTION_PREFIX + this.transactions.seal(platformId, id);
  }

  /** The transfer's id, or `null` when it is no transaction id of this platform. */
  readTransactionId(platformId: string, text: string): string | null {
    if (!text.startsWith(TRANSACTION_PREFIX)) return null;
    return this.transactions.open(platformId, text.slice(TRANSACTION_PREFIX.length));
  }
}
